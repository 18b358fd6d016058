#include "inventory/purl.hpp"

#include "base/encoding.hpp"
#include "inventory/language_python.hpp"
#include "inventory/language_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace berth::inventory {

namespace {

constexpr std::size_t max_length = 8192;

// The specification's rules for each type that differs from "as it is written".
struct Spelling {
    std::string_view type;
    bool lower_space = false;
    bool lower_name = false;
};

constexpr std::array<Spelling, 9> spellings = {{
    {.type = "apk", .lower_space = true, .lower_name = true},
    {.type = "bitbucket", .lower_space = true, .lower_name = true},
    {.type = "composer", .lower_space = true, .lower_name = true},
    {.type = "deb", .lower_space = true, .lower_name = true},
    {.type = "github", .lower_space = true, .lower_name = true},
    {.type = "golang", .lower_space = true, .lower_name = true},
    {.type = "oci", .lower_space = false, .lower_name = true},
    {.type = "pypi", .lower_space = true, .lower_name = true},
    {.type = "rpm", .lower_space = true, .lower_name = false},
}};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_key(std::string_view text, std::string_view more) {
    const auto allowed = [&](char c) { return is_letter(c) || is_digit(c) || more.contains(c); };
    return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, allowed);
}

void spell(Purl& purl) {
    const auto found = std::ranges::find(spellings, purl.type, &Spelling::type);
    if (found == spellings.end()) return;
    if (found->lower_space) purl.space = lower(purl.space);
    if (found->lower_name) purl.name = lower(purl.name);
    if (purl.type == "pypi") purl.name = normalised_python_name(purl.name);
}

std::string_view without_slashes(std::string_view text) {
    while (text.starts_with('/')) text.remove_prefix(1);
    while (text.ends_with('/')) text.remove_suffix(1);
    return text;
}

// Segments between slashes, each decoded; empty ones fall away. A segment may hold no slash of its own.
std::optional<std::string> decode_path(std::string_view path) {
    std::string result;
    while (!path.empty()) {
        const auto segment = percent_decode(take_until(path, '/'));
        if (!segment || segment->contains('/')) return std::nullopt;
        if (segment->empty()) continue;
        if (!result.empty()) result += '/';
        result += *segment;
    }
    return result;
}

bool decode_qualifiers(std::string_view text, Purl& purl) {
    while (!text.empty()) {
        auto pair = take_until(text, '&');
        if (pair.empty()) continue;
        const auto key = take_until(pair, '=');
        auto value = percent_decode(pair);
        if (!is_key(key, ".-_") || !value) return false;
        if (!value->empty() && !purl.qualifiers.emplace(lower(key), std::move(*value)).second) return false;
    }
    return true;
}

bool decode_subpath(std::string_view text, Purl& purl) {
    while (!text.empty()) {
        const auto segment = take_until(text, '/');
        auto decoded = percent_decode(segment);
        if (!decoded || decoded->contains('/')) return false;
        if (decoded->empty() || *decoded == "." || *decoded == "..") continue;
        if (!purl.subpath.empty()) purl.subpath += '/';
        purl.subpath += *decoded;
    }
    return true;
}

// Colons stay as they are: the specification says so.
std::string encode(std::string_view text) {
    std::string result;
    while (true) {
        const auto colon = text.find(':');
        result += percent_encode(text.substr(0, colon));
        if (colon == std::string_view::npos) return result;
        result += ':';
        text.remove_prefix(colon + 1);
    }
}

std::string encode_path(std::string_view path) {
    std::string result;
    while (true) {
        const auto slash = path.find('/');
        result += encode(path.substr(0, slash));
        if (slash == std::string_view::npos) return result;
        result += '/';
        path.remove_prefix(slash + 1);
    }
}

std::string_view purl_type(PackageType type) {
    switch (type) {
        case PackageType::deb:
            return "deb";
        case PackageType::apk:
            return "apk";
        case PackageType::rpm:
            return "rpm";
        case PackageType::npm:
            return "npm";
        case PackageType::pypi:
            return "pypi";
        case PackageType::go:
            return "golang";
        case PackageType::maven:
            return "maven";
        case PackageType::cargo:
            return "cargo";
        case PackageType::gem:
            return "gem";
        case PackageType::nuget:
            return "nuget";
        case PackageType::composer:
            return "composer";
    }
    return "generic";
}

void split_at(Purl& purl, std::size_t separator) {
    if (separator == std::string::npos) return;
    purl.space = purl.name.substr(0, separator);
    purl.name.erase(0, separator + 1);
}

// The namespace that a distribution's publisher uses, where it is not the ID of os-release.
std::string_view publisher(std::string_view id) {
    if (id == "rhel") return "redhat";
    if (id.starts_with("opensuse")) return "opensuse";
    if (id == "sles" || id == "sled") return "suse";
    return id;
}

void describe_system_package(Purl& purl, const Package& package, const std::optional<Distribution>& distribution) {
    if (distribution && !distribution->id.empty()) {
        purl.space = publisher(distribution->id);
        // Wolfi and Chainguard have no releases: their os-release states a package's version there.
        const bool rolling = distribution->id == "wolfi" || distribution->id == "chainguard";
        const auto& release = distribution->version_id.empty() ? distribution->codename : distribution->version_id;
        purl.qualifiers["distro"] = rolling || release.empty() ? distribution->id : distribution->id + '-' + release;
    } else if (package.type == PackageType::deb) {
        purl.space = "debian";
    } else if (package.type == PackageType::apk) {
        purl.space = "alpine";
    }
    if (!package.arch.empty()) purl.qualifiers["arch"] = package.arch;
    if (package.type != PackageType::rpm) return;
    if (const auto colon = purl.version.find(':'); colon != std::string::npos) {
        const auto epoch = purl.version.substr(0, colon);
        purl.version.erase(0, colon + 1);
        if (epoch != "0") purl.qualifiers["epoch"] = epoch;
    }
}

}  // namespace

std::optional<Purl> parse_purl(std::string_view text) {
    constexpr std::string_view scheme = "pkg:";
    if (text.size() > max_length || lower(text.substr(0, scheme.size())) != scheme) return std::nullopt;
    text.remove_prefix(scheme.size());
    Purl purl;
    if (const auto hash = text.rfind('#'); hash != std::string_view::npos) {
        if (!decode_subpath(text.substr(hash + 1), purl)) return std::nullopt;
        text = text.substr(0, hash);
    }
    if (const auto question = text.rfind('?'); question != std::string_view::npos) {
        if (!decode_qualifiers(text.substr(question + 1), purl)) return std::nullopt;
        text = text.substr(0, question);
    }
    text = without_slashes(text);
    const auto type = take_until(text, '/');
    if (!is_key(type, ".-")) return std::nullopt;
    purl.type = lower(type);
    // An at sign that begins a segment is an npm scope that was not encoded.
    const auto at = text.rfind('@');
    if (at != std::string_view::npos && at > 0 && text[at - 1] != '/') {
        auto version = percent_decode(text.substr(at + 1));
        if (!version) return std::nullopt;
        purl.version = std::move(*version);
        text = text.substr(0, at);
    }
    text = without_slashes(text);
    const auto slash = text.rfind('/');
    const bool has_space = slash != std::string_view::npos;
    auto name = percent_decode(has_space ? text.substr(slash + 1) : text);
    auto space = decode_path(has_space ? text.substr(0, slash) : std::string_view{});
    if (!name || name->empty() || !space) return std::nullopt;
    purl.name = std::move(*name);
    purl.space = std::move(*space);
    spell(purl);
    return purl;
}

std::string to_text(const Purl& given) {
    auto purl = given;
    spell(purl);
    auto text = "pkg:" + purl.type + '/';
    if (!purl.space.empty()) text += encode_path(purl.space) + '/';
    text += encode(purl.name);
    if (!purl.version.empty()) text += '@' + encode(purl.version);
    char separator = '?';
    for (const auto& [key, value] : purl.qualifiers) {
        text += std::exchange(separator, '&') + key + '=' + encode(value);
    }
    if (!purl.subpath.empty()) text += '#' + encode_path(purl.subpath);
    return text;
}

Purl purl_of(const Package& package, const std::optional<Distribution>& distribution) {
    Purl purl;
    purl.type = purl_type(package.type);
    purl.name = package.name;
    purl.version = package.version;
    switch (package.type) {
        case PackageType::deb:
        case PackageType::apk:
        case PackageType::rpm:
            describe_system_package(purl, package, distribution);
            break;
        case PackageType::go:
            if (package.name != "stdlib") purl.version.insert(0, 1, 'v');
            [[fallthrough]];
        case PackageType::npm:
        case PackageType::composer:
            split_at(purl, purl.name.rfind('/'));
            break;
        case PackageType::maven:
            split_at(purl, purl.name.find(':'));
            break;
        case PackageType::pypi:
        case PackageType::cargo:
        case PackageType::gem:
        case PackageType::nuget:
            break;
    }
    spell(purl);
    return purl;
}

bool covers(const Purl& statement, const Purl& package) {
    if (statement.type != package.type || statement.space != package.space || statement.name != package.name) {
        return false;
    }
    if (!statement.version.empty() && statement.version != package.version) return false;
    if (!statement.subpath.empty() && statement.subpath != package.subpath) return false;
    return std::ranges::all_of(statement.qualifiers, [&](const auto& qualifier) {
        const auto found = package.qualifiers.find(qualifier.first);
        return found != package.qualifiers.end() && found->second == qualifier.second;
    });
}

}  // namespace berth::inventory
