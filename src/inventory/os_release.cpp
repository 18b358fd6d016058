#include "inventory/os_release.hpp"

#include "inventory/lines.hpp"

#include <cctype>
#include <functional>

namespace berth::inventory {
namespace {

constexpr std::size_t max_value_bytes = 1024;

// One shell word: quotes and backslashes undone, up to the first blank outside of quotes.
std::string unquoted(std::string_view text) {
    std::string word;
    char quote = '\0';
    for (std::size_t i = 0; i < text.size() && word.size() < max_value_bytes; ++i) {
        const char c = text[i];
        if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
        } else if (quote != '\0' && c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == ' ' || c == '\t' || c == ';')) {
            break;
        } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            const char next = text[i + 1];
            // Inside of double quotes a backslash escapes only these.
            if (quote == '"' && next != '"' && next != '\\' && next != '$' && next != '`') word += c;
            word += next;
            ++i;
        } else {
            word += c;
        }
    }
    return word;
}

void each_assignment(std::string_view text, const std::function<void(std::string_view, std::string)>& assign) {
    while (!text.empty()) {
        auto line = trimmed(take_line(text));
        if (line.empty() || line.front() == '#') continue;
        if (line.starts_with("export ")) line = trimmed(line.substr(7));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        assign(line.substr(0, equals), unquoted(line.substr(equals + 1)));
    }
}

std::string lower(std::string text) {
    for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

// The first number of the form 7 or 7.9.2009.
std::string_view first_version(std::string_view text) {
    const auto first = text.find_first_of("0123456789");
    if (first == std::string_view::npos) return {};
    text.remove_prefix(first);
    return text.substr(0, text.find_first_not_of("0123456789."));
}

}  // namespace

std::optional<Distribution> parse_os_release(std::string_view text) {
    Distribution found;
    each_assignment(text, [&](std::string_view key, std::string value) {
        if (key == "ID")
            found.id = lower(std::move(value));
        else if (key == "VERSION_ID")
            found.version_id = std::move(value);
        else if (key == "VERSION_CODENAME")
            found.codename = std::move(value);
        else if (key == "PRETTY_NAME")
            found.name = std::move(value);
    });
    if (found.id.empty()) return std::nullopt;
    if (found.id == "wolfi" || found.id == "chainguard") found.version_id.clear();
    return found;
}

std::optional<Distribution> parse_alpine_release(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto version = trimmed(take_line(text)).substr(0, max_value_bytes);
    if (version.empty()) return std::nullopt;
    return Distribution{
        .id = "alpine", .version_id = std::string(version), .name = "Alpine Linux " + std::string(version)};
}

// "12.5", or "trixie/sid" for what has no release yet.
std::optional<Distribution> parse_debian_version(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto line = trimmed(take_line(text)).substr(0, max_value_bytes);
    if (line.empty()) return std::nullopt;
    Distribution found{.id = "debian", .name = "Debian GNU/Linux " + std::string(line)};
    if (const auto slash = line.find('/'); slash != std::string_view::npos)
        found.codename = line.substr(0, slash);
    else
        found.version_id = line.substr(0, line.find('.'));
    return found;
}

// "CentOS Linux release 7.9.2009 (Core)".
std::optional<Distribution> parse_redhat_release(std::string_view text) {
    constexpr std::pair<std::string_view, const char*> names[] = {
        {"centos", "centos"},       {"red hat enterprise", "rhel"}, {"rocky", "rocky"},
        {"almalinux", "almalinux"}, {"fedora", "fedora"},           {"amazon", "amzn"},
        {"oracle", "ol"},
    };
    if (text.empty()) return std::nullopt;
    const auto line = std::string(trimmed(take_line(text)).substr(0, max_value_bytes));
    const auto small = lower(line);
    for (const auto& [word, id] : names) {
        if (!small.starts_with(word)) continue;
        return Distribution{.id = id, .version_id = std::string(first_version(line)), .name = line};
    }
    return std::nullopt;
}

std::optional<Distribution> parse_lsb_release(std::string_view text) {
    Distribution found;
    each_assignment(text, [&](std::string_view key, std::string value) {
        if (key == "DISTRIB_ID")
            found.id = lower(std::move(value));
        else if (key == "DISTRIB_RELEASE")
            found.version_id = std::move(value);
        else if (key == "DISTRIB_CODENAME")
            found.codename = std::move(value);
        else if (key == "DISTRIB_DESCRIPTION")
            found.name = std::move(value);
    });
    return found.id.empty() ? std::nullopt : std::optional(found);
}

// Lines such as https://dl-cdn.alpinelinux.org/alpine/v3.18/main. The last branch holds, edge above all; but who adds
// edge's community or testing to a release for a package or two has not left the release, and packages of a tagged line
// ("@edge https://...") come only by their tag.
std::optional<Distribution> parse_apk_repositories(std::string_view text) {
    std::optional<Distribution> found;
    while (!text.empty()) {
        auto line = trimmed(take_line(text));
        if (line.empty() || line.front() == '#' || line.front() == '@') continue;
        const auto at = line.find("/alpine/");
        if (at == std::string_view::npos) continue;
        line.remove_prefix(at + 8);
        auto branch = take_until(line, '/').substr(0, 32);
        if (branch == "edge") {
            if (line == "main" || line.starts_with("main/")) return Distribution{.id = "alpine", .version_id = "edge"};
            continue;
        }
        if (branch.starts_with('v')) branch.remove_prefix(1);
        if (!branch.empty() && first_version(branch) == branch) {
            found = Distribution{.id = "alpine", .version_id = std::string(branch)};
        }
    }
    return found;
}

}  // namespace berth::inventory
