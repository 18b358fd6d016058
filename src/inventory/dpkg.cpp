#include "inventory/dpkg.hpp"

#include "archive/path.hpp"
#include "inventory/lines.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace berth::inventory {
namespace {

enum class WithoutStatus { skip, count };

struct Stanza {
    std::string_view package, status, version, architecture, source;
    bool foreign = false;  // vcpkg writes files of the same form and name

    [[nodiscard]] bool named() const { return !package.empty() && !version.empty(); }
    [[nodiscard]] bool without_fields() const { return package.empty() && status.empty() && version.empty(); }
};

// Field names are the same in any case (deb822(5)).
bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

void set_field(Stanza& stanza, std::string_view line) {
    const auto name = take_until(line, ':');
    const auto value = trimmed(line);
    if (same(name, "Package"))
        stanza.package = value;
    else if (same(name, "Status"))
        stanza.status = value;
    else if (same(name, "Version"))
        stanza.version = value;
    else if (same(name, "Architecture"))
        stanza.architecture = value;
    else if (same(name, "Source"))
        stanza.source = value;
    else if (same(name, "Port-Version") || same(name, "Feature"))
        stanza.foreign = true;
}

// Status is "want flag status"; the first says what somebody wants, the last what is.
bool has_files(std::string_view status) {
    constexpr std::array<std::string_view, 5> present = {"installed", "triggers-pending", "triggers-awaited",
                                                         "half-configured", "unpacked"};
    take_until(status, ' ');
    const auto flag = take_until(status, ' ');
    return flag == "ok" && std::ranges::find(present, trimmed(status)) != present.end();
}

Package package_of(const Stanza& stanza) {
    Package package{.type = PackageType::deb};
    package.name = stanza.package;
    package.version = stanza.version;
    package.arch = stanza.architecture;
    // "glibc (2.36-9)" where the version differs from the binary's.
    auto source = stanza.source;
    const auto name = trimmed(take_until(source, '('));
    package.source_name = name.empty() ? stanza.package : name;
    const auto version = trimmed(take_until(source, ')'));
    package.source_version = version.empty() ? stanza.version : version;
    return package;
}

Stanza take_stanza(std::string_view& text) {
    Stanza stanza;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (trimmed(line).empty()) break;
        if (line.front() != ' ' && line.front() != '\t') set_field(stanza, line);
    }
    return stanza;
}

void skip_empty_lines(std::string_view& text) {
    while (!text.empty()) {
        auto rest = text;
        if (!trimmed(take_line(rest)).empty()) return;
        text = rest;
    }
}

void note_nameless(const Stanza& stanza, FileFacts& facts) {
    constexpr std::size_t shown_bytes = 100;
    if (stanza.package.empty()) return note(facts, "lists an installed package without a name");
    note(facts, "lists " + std::string(stanza.package.substr(0, shown_bytes)) + " as installed, without a version");
}

Result<FileFacts> parse(std::string_view text, WithoutStatus without_status) {
    FileFacts facts;
    for (skip_empty_lines(text); !text.empty(); skip_empty_lines(text)) {
        const auto stanza = take_stanza(text);
        if (stanza.foreign) continue;
        // In status.d a file may be something else altogether.
        if (stanza.without_fields()) {
            if (without_status == WithoutStatus::skip) note(facts, "holds what describes no package");
            continue;
        }
        const bool counts = stanza.status.empty() ? without_status == WithoutStatus::count : has_files(stanza.status);
        if (!counts) continue;
        if (!stanza.named()) {
            note_nameless(stanza, facts);
            continue;
        }
        if (std::ranges::max({stanza.package.size(), stanza.version.size(), stanza.architecture.size(),
                              stanza.source.size()}) > max_word_bytes) {
            note(facts, "a package whose name or version is too long to be one");
            continue;
        }
        if (facts.packages.size() == max_packages_of_file) return too_many_packages();
        facts.packages.push_back(package_of(stanza));
    }
    return facts;
}

void own(OwnedFiles& owned, std::string_view path) {
    if (path.size() > max_word_bytes) return;
    auto normal = archive::normal_path(path);
    if (normal && !normal->empty() && may_hold_language_package(*normal)) owned.paths.push_back(std::move(*normal));
}

FileFacts facts_of(OwnedFiles owned) {
    FileFacts facts;
    if (!owned.paths.empty()) facts.owned.push_back(std::move(owned));
    return facts;
}

}  // namespace

Result<FileFacts> parse_dpkg_status(std::string_view text) {
    return parse(text, WithoutStatus::skip);
}
Result<FileFacts> parse_dpkg_status_d(std::string_view text) {
    return parse(text, WithoutStatus::count);
}

FileFacts parse_dpkg_list(std::string_view file_name, std::string_view text) {
    auto name = file_name.substr(0, file_name.rfind(".list"));
    OwnedFiles owned{.package = std::string(take_until(name, ':')), .paths = {}};
    // Folders are listed as files are, and may have the name of a program; what is in one comes right after it.
    while (!text.empty()) {
        const auto path = take_line(text);
        const bool folder = text.starts_with(path) && text.substr(path.size()).starts_with('/');
        if (!folder) own(owned, path);
    }
    return facts_of(std::move(owned));
}

FileFacts parse_dpkg_md5sums(std::string_view file_name, std::string_view text) {
    auto name = file_name.substr(0, file_name.rfind(".md5sums"));
    OwnedFiles owned{.package = std::string(take_until(name, ':')), .paths = {}};
    while (!text.empty()) {
        auto line = take_line(text);
        take_until(line, ' ');
        own(owned, trimmed(line));
    }
    return facts_of(std::move(owned));
}

}  // namespace berth::inventory
