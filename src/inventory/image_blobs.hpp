// Files that belong to an image, found by name: in a folder, or inside a tar file that was listed once.
#pragma once

#include "archive/file_source.hpp"
#include "archive/limits.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace berth::inventory {

// For many threads at once.
class ImageBlobs {
public:
    ImageBlobs() = default;
    ImageBlobs(const ImageBlobs&) = delete;
    ImageBlobs& operator=(const ImageBlobs&) = delete;
    virtual ~ImageBlobs() = default;
    // `path`: in normal form, from the top of the folder or archive. Fault: blob_not_found and those of files.
    [[nodiscard]] virtual Result<std::unique_ptr<archive::Source>> open(std::string_view path) const = 0;
    [[nodiscard]] virtual bool has(std::string_view path) const = 0;
};

[[nodiscard]] std::shared_ptr<const ImageBlobs> blobs_in_folder(std::filesystem::path folder);
// A tar file: its blobs are read where they lie. A compressed one is unpacked first, into a file without a name in the
// folder for temporary files. Links inside it are followed inside it.
[[nodiscard]] Result<std::shared_ptr<const ImageBlobs>> blobs_in_tar(const std::filesystem::path& file,
                                                                     const archive::Limits& limits);

}  // namespace berth::inventory
