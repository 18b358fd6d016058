#include "inventory/language_ruby.hpp"

#include "inventory/language_text.hpp"

#include <optional>

namespace berth::inventory {

namespace {

// RubyGems begins the file of every installed gem with `# stub: NAME VERSION PLATFORM FOLDER...`.
bool read_stub(std::string_view text, std::vector<Package>& packages) {
    constexpr std::string_view mark = "# stub: ";
    for (int lines = 0; lines < 4 && !text.empty(); ++lines) {
        auto line = take_line(text);
        if (!line.starts_with(mark)) continue;
        line.remove_prefix(mark.size());
        const auto name = take_until(line, ' ');
        return add_package(packages, PackageType::gem, name, take_until(line, ' ')) != nullptr;
    }
    return false;
}

// `s.NAME = VALUE`: gives VALUE. The receiver may have any name.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
    const auto assigned = line.find('=');
    if (assigned == std::string_view::npos) return std::nullopt;
    auto left = trimmed(line.substr(0, assigned));
    const auto dot = left.find('.');
    if (dot == std::string_view::npos || left.substr(dot + 1) != name) return std::nullopt;
    return line.substr(assigned + 1);
}

// 'x', "x" or, as RubyGems wrote it before 1.8, %q{x}.
std::optional<std::string_view> ruby_text(std::string_view value) {
    constexpr std::string_view old = "%q{";
    value = trimmed(value);
    if (!value.starts_with(old)) return quoted(value);
    value.remove_prefix(old.size());
    return value.substr(0, value.find('}'));
}

void take_licences(std::string_view list, std::vector<std::string>& licences) {
    constexpr std::size_t most = 16;
    while (licences.size() < most) {
        const auto licence = quoted(list);
        if (!licence || licence->size() > max_name_length) return;
        licences.emplace_back(*licence);
        list.remove_prefix(static_cast<std::size_t>(licence->data() - list.data()) + licence->size() + 1);
    }
}

// `    rack (2.2.3)`: a gem that was chosen. Its dependencies are indented by two more and name no single version.
void read_locked(std::string_view line, std::vector<Package>& packages) {
    if (!line.starts_with("    ") || line.starts_with("     ")) return;
    line = trimmed(line);
    const auto open = line.find(" (");
    if (open == std::string_view::npos || !line.ends_with(')')) return;
    const auto version = line.substr(open + 2, line.size() - open - 3);
    add_package(packages, PackageType::gem, line.substr(0, open), version.substr(0, version.find('-')));
}

}  // namespace

bool is_gem_specification(const FileInfo& file) {
    const auto path = file.path;
    return path.ends_with(".gemspec") && (path.contains("/specifications/") || path.starts_with("specifications/"));
}

Result<std::vector<Package>> read_gem_specification(const FileContent& content) {
    std::vector<Package> packages;
    const bool known = read_stub(content.text(), packages);
    std::string_view name;
    std::string_view version;
    std::vector<std::string> licences;
    for (auto rest = content.text(); !rest.empty();) {
        const auto line = take_line(rest);
        if (const auto value = value_of(line, "name"); value && name.empty()) name = ruby_text(*value).value_or("");
        if (const auto value = value_of(line, "version"); value && version.empty())
            version = ruby_text(*value).value_or("");
        for (const auto field : {"license", "licenses"}) {
            if (const auto value = value_of(line, field); value && licences.empty()) take_licences(*value, licences);
        }
    }
    if (!known && add_package(packages, PackageType::gem, name, version) == nullptr) {
        return unreadable("the specification names no gem");
    }
    packages.front().licences = std::move(licences);
    return packages;
}

bool is_gem_lock(const FileInfo& file) {
    return file.name() == "Gemfile.lock" || file.name() == "gems.locked";
}

Result<std::vector<Package>> read_gem_lock(const FileContent& content) {
    std::vector<Package> packages;
    bool chosen = false;
    for (auto rest = content.text(); !rest.empty();) {
        const auto line = take_line(rest);
        if (!line.empty() && line.front() != ' ') chosen = line == "GEM" || line == "GIT";
        if (chosen) read_locked(line, packages);
    }
    return packages;
}

}  // namespace berth::inventory
