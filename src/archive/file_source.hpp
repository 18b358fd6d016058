// A file on this machine, or a part of one, as a Source.
#pragma once

#include "archive/source.hpp"

#include <filesystem>
#include <memory>

namespace berth::archive {

// Owns a descriptor; shared by the windows over one file.
class OpenFile {
public:
    // A regular file. Faults: blob_not_found, invalid_parameter (something else), internal.
    [[nodiscard]] static Result<std::shared_ptr<const OpenFile>> open(const std::filesystem::path& path);
    // Takes the descriptor over.
    OpenFile(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile();

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }  // when it was opened

private:
    int descriptor_;
    std::uint64_t size_;
};

// `size` bytes from `start` on, fewer where the file has become shorter. Several may read one file at the same time.
class FileSource final : public Source {
public:
    FileSource(std::shared_ptr<const OpenFile> file, std::uint64_t start, std::uint64_t size)
        : file_(std::move(file)), at_(start), end_(start + size) {}
    explicit FileSource(std::shared_ptr<const OpenFile> file) : file_(std::move(file)), at_(0), end_(file_->size()) {}

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    [[nodiscard]] Result<std::uint64_t> skip(std::uint64_t bytes) override;
    [[nodiscard]] std::uint64_t position() const { return at_; }

private:
    std::shared_ptr<const OpenFile> file_;
    std::uint64_t at_;
    std::uint64_t end_;
};

}  // namespace berth::archive
