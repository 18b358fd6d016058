// Images wherever they are kept: what they run on, and their layers as streams of bytes.
#pragma once

#include "archive/limits.hpp"
#include "archive/source.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace berth::inventory {

struct Platform {
    std::string os;
    std::string architecture;
    std::string variant;  // v8 of arm64; empty where there is none

    friend bool operator==(const Platform&, const Platform&) = default;
};

struct ImageLayer {
    std::string digest;  // of the bytes that open_layer() gives; empty for a folder, whose bytes nobody has hashed
    // A foreign (non-distributable) layer that is not kept with the image: it is not opened, but left out and named.
    bool absent = false;
};

// For one thread at a time, but several layers may be read at once once they are open.
class ImageSource {
public:
    ImageSource() = default;
    ImageSource(const ImageSource&) = delete;
    ImageSource& operator=(const ImageSource&) = delete;
    virtual ~ImageSource() = default;

    // For people, and for reports: the manifest's digest, or a path.
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual const Platform& platform() const = 0;
    // The lowest first. The same digest may stand here several times.
    [[nodiscard]] virtual const std::vector<ImageLayer>& layers() const = 0;
    // May be called again for the same layer. The source checks the digest: at the end of other bytes than those named
    // it fails with digest_mismatch, so that what was read from them is never kept under that name.
    [[nodiscard]] virtual Result<std::unique_ptr<archive::Source>> open_layer(std::size_t index) = 0;
    // What could not be read apart from the layers' own bytes, once they were read.
    [[nodiscard]] virtual std::vector<std::string> problems() const { return {}; }
    // A folder may be a source tree; a layer is not.
    [[nodiscard]] virtual bool is_source_tree() const { return false; }
};

using Images = std::vector<std::unique_ptr<ImageSource>>;

// Every image in it: one for each platform of an index, each once. Attestations (platform unknown/unknown) are left
// out. Faults: unsupported (no image: a chart, a signature), invalid_manifest, blob_not_found, too_large.
[[nodiscard]] Result<Images> open_oci_layout(const std::filesystem::path& folder);
// A tar file that holds an OCI layout, or what `docker save` writes; by content.
[[nodiscard]] Result<Images> open_image_archive(const std::filesystem::path& file, const archive::Limits& limits);
// A root file system. Links are never followed; /proc, /sys and the like are left out where they are mounted.
[[nodiscard]] Result<Images> open_root_folder(const std::filesystem::path& folder);
// Any of these, by looking at it.
[[nodiscard]] Result<Images> open_images(const std::filesystem::path& path, const archive::Limits& limits);

}  // namespace berth::inventory
