#include "inventory/language_python.hpp"

#include "archive/zip.hpp"
#include "inventory/language_text.hpp"

#include <string>
#include <utility>

namespace berth::inventory {

namespace {

// A value that means "none was given".
bool says_something(std::string_view licence) {
    return !licence.empty() && licence.size() <= 128 && lower(licence) != "unknown";
}

// Metadata is a mail header (core metadata specification); what follows the empty line is the description.
struct Metadata {
    std::string_view name;
    std::string_view version;
    std::string_view expression;  // License-Expression, since metadata 2.4
    std::string_view licence;     // License: free text, sometimes the whole of it over many lines
    std::string_view classifier;  // the last part of a "License ::" classifier
};

void read_field(std::string_view line, Metadata& metadata) {
    const auto field = lower(take_until(line, ':'));
    const auto value = trimmed(line);
    if (field == "name" && metadata.name.empty()) metadata.name = value;
    if (field == "version" && metadata.version.empty()) metadata.version = value;
    if (field == "license-expression") metadata.expression = value;
    if (field == "license") metadata.licence = value;
    if (field == "classifier" && value.starts_with("License ::")) {
        metadata.classifier = trimmed(value.substr(value.rfind(':') + 1));
    }
}

Metadata read_fields(std::string_view text) {
    Metadata metadata;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (line.empty()) break;
        if (line.front() == ' ' || line.front() == '\t') {
            // A licence that goes on is its text, not its name.
            continue;
        }
        read_field(line, metadata);
    }
    return metadata;
}

std::string_view best_licence(const Metadata& metadata) {
    for (const auto licence : {metadata.expression, metadata.licence, metadata.classifier}) {
        if (says_something(licence)) return licence;
    }
    return {};
}

}  // namespace

std::string normalised_python_name(std::string_view name) {
    std::string result;
    result.reserve(name.size());
    bool separated = false;
    for (const char c : lower(name)) {
        const bool separator = c == '-' || c == '_' || c == '.';
        if (!separator) {
            result += c;
        } else if (!separated) {
            result += '-';
        }
        separated = separator;
    }
    return result;
}

bool is_python_metadata(const FileInfo& file) {
    const auto path = file.path;
    if (path.ends_with(".dist-info/METADATA") || path.ends_with(".egg-info/PKG-INFO")) return true;
    if (path.ends_with("/EGG-INFO/PKG-INFO") || path == "EGG-INFO/PKG-INFO") return true;
    return path.ends_with(".egg-info") && file.name() != ".egg-info";
}

Result<std::vector<Package>> read_python_metadata(const FileContent& content) {
    const auto metadata = read_fields(content.text());
    std::vector<Package> packages;
    auto* package = add_package(packages, PackageType::pypi, normalised_python_name(metadata.name), metadata.version);
    if (package == nullptr) return unreadable("the metadata name no package and version");
    if (const auto licence = best_licence(metadata); !licence.empty()) package->licences.emplace_back(licence);
    return packages;
}

bool is_python_egg(const FileInfo& file) {
    return file.path.ends_with(".egg");
}

Result<std::vector<Package>> read_python_egg(const FileContent& content) {
    constexpr std::uint64_t max_metadata_bytes = 1U << 20U;
    const archive::Limits limits;
    auto zip = archive::ZipReader::open(content.bytes, limits);
    if (!zip) return fail(std::move(zip));
    for (const auto& entry : zip->entries()) {
        if (entry.name != "EGG-INFO/PKG-INFO") continue;
        const auto metadata = zip->read(entry, max_metadata_bytes);
        if (!metadata) return std::unexpected(metadata.error());
        return read_python_metadata({.file = content.file, .bytes = *metadata});
    }
    return std::vector<Package>{};
}

}  // namespace berth::inventory
