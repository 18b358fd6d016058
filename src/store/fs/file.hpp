// Thin, checked file operations: every failure is a Fault with the right kind and a log line with the path.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

namespace berth::store::fs {

// An open file descriptor; closed when destroyed.
class File {
public:
    File() = default;
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_ = -1;
};

// ENOSPC and EDQUOT are storage_full, ENOENT is blob_not_found, everything else unavailable.
[[nodiscard]] Fault io_fault(const char* step, const std::filesystem::path& path, int error);

[[nodiscard]] Result<File> open_file(const std::filesystem::path& path, int flags);
[[nodiscard]] Result<std::uint64_t> size_of(const File& file, const std::filesystem::path& path);
// All of it, or a Fault.
[[nodiscard]] Result<void> write_at(const File& file, const std::filesystem::path& path, std::uint64_t offset,
                                    std::span<const std::byte> bytes);
// As far as the file reaches.
[[nodiscard]] Result<std::size_t> read_at(const File& file, const std::filesystem::path& path, std::uint64_t offset,
                                          std::span<std::byte> out);

}  // namespace berth::store::fs
