#include "inventory/language_java.hpp"

#include "archive/zip.hpp"
#include "inventory/java_coordinates.hpp"
#include "inventory/language_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace berth::inventory {

namespace {

constexpr std::uint64_t max_text_bytes = 1U << 20U;

bool is_archive_name(std::string_view name) {
    constexpr std::array<std::string_view, 4> endings = {".jar", ".war", ".ear", ".par"};
    return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string_view text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A walk through one file. What is left of its limits is shared by all archives inside.
class Walk {
public:
    Walk(FileFacts& found, const JavaLimits& limits) : found_(&found), left_(limits) {}

    Result<void> archive(const std::string& path, std::span<const std::byte> bytes, std::size_t depth) {
        archive::Limits limits;
        limits.entries = left_.entries;
        limits.unpacked_bytes = left_.unpacked_bytes;
        auto zip = archive::ZipReader::open(bytes, limits);
        if (!zip) return fail(std::move(zip));
        left_.entries -= std::min<std::uint64_t>(left_.entries, zip->entries().size());
        own_packages(*zip, path);
        left_.unpacked_bytes -= std::min(left_.unpacked_bytes, zip->unpacked_bytes());
        for (const auto& entry : zip->entries()) {
            if (is_archive_name(entry.name)) nested(*zip, entry, path, depth);
        }
        return {};
    }

private:
    void problem(const std::string& path, const std::string& message) { note(*found_, path + ": " + message); }

    std::vector<std::byte> read_text(archive::ZipReader& zip, const archive::ZipEntry& entry, const std::string& path) {
        auto bytes = zip.read(entry, max_text_bytes);
        if (!bytes) problem(path + "!/" + std::string(entry.name), bytes.error().message);
        return bytes ? std::move(*bytes) : std::vector<std::byte>{};
    }

    void own_packages(archive::ZipReader& zip, const std::string& path) {
        std::vector<JavaCoordinates> known;
        JavaManifest manifest;
        for (const auto& entry : zip.entries()) {
            if (entry.name == "META-INF/MANIFEST.MF") {
                manifest = parse_java_manifest(text_of(read_text(zip, entry, path)));
            } else if (entry.name.starts_with("META-INF/maven/") && entry.name.ends_with("/pom.properties")) {
                auto coordinates = parse_pom_properties(text_of(read_text(zip, entry, path)));
                if (coordinates && std::ranges::find(known, *coordinates) == known.end()) {
                    known.push_back(std::move(*coordinates));
                }
            }
        }
        for (const auto& coordinates : known) add(coordinates, path, Confidence::certain);
        const auto name = parse_java_file_name(std::string_view(path).substr(path.rfind('/') + 1));
        if (is_itself_known(known, name)) return;
        if (const auto guess = guess_coordinates(manifest, name)) add(*guess, path, Confidence::guessed);
    }

    // Does one of the coordinates belong to the file, or are they all of what was copied into it?
    static bool is_itself_known(const std::vector<JavaCoordinates>& known, const JavaFileName& name) {
        if (known.empty()) return false;
        if (name.version.empty()) return true;
        const auto same_artifact = [&](const JavaCoordinates& one) { return one.artifact == name.artifact; };
        if (std::ranges::any_of(known, same_artifact)) return true;
        return known.size() == 1 && known.front().version == name.version;
    }

    void add(const JavaCoordinates& coordinates, const std::string& path, Confidence confidence) {
        auto name = coordinates.group.empty() ? coordinates.artifact : coordinates.group + ':' + coordinates.artifact;
        auto* package = add_package(found_->packages, PackageType::maven, name, coordinates.version);
        if (package == nullptr) return;
        package->path = path;
        package->confidence = confidence;
    }

    void nested(archive::ZipReader& zip, const archive::ZipEntry& entry, const std::string& path, std::size_t depth) {
        const auto inside = path + "!/" + std::string(entry.name);
        if (depth >= left_.depth) return problem(inside, "archives inside archives are nested too deeply");
        const auto before = zip.unpacked_bytes();
        auto bytes = zip.read(entry, std::min(left_.nested_bytes, left_.unpacked_bytes));
        left_.unpacked_bytes -= std::min(left_.unpacked_bytes, zip.unpacked_bytes() - before);
        if (!bytes) return problem(inside, bytes.error().message);
        const auto read = archive(inside, *bytes, depth + 1);
        if (!read) problem(inside, read.error().message);
    }

    FileFacts* found_;
    JavaLimits left_;
};

}  // namespace

bool is_java_archive(const FileInfo& file) {
    return is_archive_name(file.path);
}

Result<FileFacts> open_java_archive(const FileContent& content, const JavaLimits& limits) {
    FileFacts found;
    auto read = Walk(found, limits).archive(std::string(content.file.path), content.bytes, 1);
    if (!read) return fail(std::move(read));
    return found;
}

Result<FileFacts> read_java_archive(const FileContent& content) {
    return open_java_archive(content, JavaLimits{});
}

}  // namespace berth::inventory
