#include "inventory/java_coordinates.hpp"

#include "inventory/language_text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace berth::inventory {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_artifact(std::string_view text) {
    constexpr std::string_view more = "._-";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || more.contains(c);
    });
}

// A value that a build should have filled in and did not: ${project.version}.
bool is_placeholder(std::string_view text) {
    return text.contains("${");
}

// A line of Java's properties (java.util.Properties.load), with those it goes on with: it ends by a backslash that no
// other one takes away.
std::string take_logical_line(std::string_view& rest) {
    std::string line(trimmed(take_line(rest)));
    const auto goes_on = [&] { return (line.size() - line.find_last_not_of('\\') - 1) % 2 == 1; };
    if (line.starts_with('#') || line.starts_with('!')) return line;
    while (goes_on() && !rest.empty() && line.size() < max_name_length) {
        line.pop_back();
        line += trimmed(take_line(rest));
    }
    return line;
}

std::string without_escapes(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        plain += text[i];
    }
    return plain;
}

// The key ends at the first =, : or white space that no backslash takes away; white space around = or : is of neither.
std::pair<std::string, std::string> property_of(std::string_view line) {
    constexpr std::string_view separators = "=: \t";
    std::size_t end = 0;
    while (end < line.size() && !separators.contains(line[end])) end += line[end] == '\\' ? 2 : 1;
    end = std::min(end, line.size());
    auto value = trimmed(line.substr(end));
    if (value.starts_with('=') || value.starts_with(':')) value = trimmed(value.substr(1));
    return {without_escapes(line.substr(0, end)), without_escapes(value)};
}

// Manifest lines end after 72 bytes; the next one goes on behind a space.
std::string take_attribute(std::string_view& rest) {
    std::string attribute(take_line(rest));
    while (rest.starts_with(' ') && attribute.size() < max_name_length) attribute += take_line(rest).substr(1);
    return attribute;
}

std::string group_from_bundle(std::string_view bundle, std::string_view artifact) {
    if (bundle.ends_with(artifact) && bundle.size() > artifact.size() + 1 &&
        bundle[bundle.size() - artifact.size() - 1] == '.') {
        return std::string(bundle.substr(0, bundle.size() - artifact.size() - 1));
    }
    // commons-lang3 and org.apache.commons.lang3: the hyphen's left side ends the group, its right side the bundle.
    for (auto hyphen = artifact.find('-'); hyphen != std::string_view::npos; hyphen = artifact.find('-', hyphen + 1)) {
        const auto left = artifact.substr(0, hyphen);
        const auto right = artifact.substr(hyphen + 1);
        if (right.empty() || !bundle.ends_with(right) || bundle.size() < left.size() + right.size() + 2) continue;
        const auto group = bundle.substr(0, bundle.size() - right.size() - 1);
        if (bundle[group.size()] == '.' && group.ends_with(left) && group[group.size() - left.size() - 1] == '.') {
            return std::string(group);
        }
    }
    return {};
}

}  // namespace

std::optional<JavaCoordinates> parse_pom_properties(std::string_view text) {
    JavaCoordinates found;
    while (!text.empty()) {
        auto line = take_logical_line(text);
        if (line.starts_with('#') || line.starts_with('!')) continue;
        auto [key, value] = property_of(line);
        if (key == "groupId") found.group = std::move(value);
        if (key == "artifactId") found.artifact = std::move(value);
        if (key == "version") found.version = std::move(value);
    }
    const bool complete = is_artifact(found.group) && is_artifact(found.artifact) && !found.version.empty();
    if (!complete || is_placeholder(found.version)) return std::nullopt;
    return found;
}

JavaManifest parse_java_manifest(std::string_view text) {
    JavaManifest manifest;
    while (!text.empty()) {
        const auto attribute = take_attribute(text);
        if (attribute.empty()) break;
        std::string_view value = attribute;
        const auto name = lower(take_until(value, ':'));
        value = trimmed(value);
        if (is_placeholder(value)) continue;
        if (name == "bundle-symbolicname") manifest.symbolic_name = trimmed(value.substr(0, value.find(';')));
        if (name == "automatic-module-name") manifest.module_name = value;
        if (name == "implementation-title") manifest.title = value;
        if (name == "implementation-vendor-id") manifest.vendor_id = value;
        if (name == "implementation-version") manifest.implementation_version = value;
        if (name == "bundle-version") manifest.bundle_version = value;
    }
    return manifest;
}

JavaFileName parse_java_file_name(std::string_view name) {
    name = name.substr(0, name.rfind('.'));
    for (auto hyphen = name.find('-'); hyphen != std::string_view::npos; hyphen = name.find('-', hyphen + 1)) {
        if (hyphen == 0 || hyphen + 1 >= name.size() || !is_digit(name[hyphen + 1])) continue;
        return {.artifact = std::string(name.substr(0, hyphen)), .version = std::string(name.substr(hyphen + 1))};
    }
    return {.artifact = std::string(name), .version = {}};
}

std::optional<JavaCoordinates> guess_coordinates(const JavaManifest& manifest, const JavaFileName& name) {
    JavaCoordinates guess;
    // A file without a version was given its name by somebody else; the title may be a sentence.
    const bool named_by_build = !name.version.empty();
    guess.artifact = !named_by_build && is_artifact(manifest.title) ? manifest.title : name.artifact;
    for (const auto& version : {name.version, manifest.implementation_version, manifest.bundle_version}) {
        if (guess.version.empty()) guess.version = version;
    }
    for (const auto& bundle : {manifest.symbolic_name, manifest.module_name}) {
        if (guess.group.empty()) guess.group = group_from_bundle(bundle, guess.artifact);
    }
    if (guess.group.empty() && is_artifact(manifest.vendor_id)) guess.group = manifest.vendor_id;
    if (!is_artifact(guess.artifact) || guess.version.empty()) return std::nullopt;
    return guess;
}

}  // namespace berth::inventory
