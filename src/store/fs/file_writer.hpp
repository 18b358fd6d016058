// Appends to one file, past the page cache where possible. Blocking; the store calls it on its pool.
#pragma once

#include "base/result.hpp"
#include "base/size.hpp"
#include "store/fs/file.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

namespace berth::store::fs {

// One caller at a time. After flush() the file has exactly size() bytes.
class FileWriter {
public:
    static constexpr std::size_t block = 4096;
    // Streams of unknown length reserve this much ahead.
    static constexpr std::uint64_t reserve_step = 16_MiB;

    enum class Mode : std::uint8_t { buffered, direct };

    // `file` is open for reading and writing, with O_DIRECT in the direct mode, and has `size` bytes.
    [[nodiscard]] static Result<FileWriter> start(File file, std::filesystem::path path, Mode mode, std::uint64_t size);

    [[nodiscard]] std::uint64_t size() const { return size_; }
    // Asks the file system for space up to `bytes`; not getting it is no fault, the write will tell.
    void reserve(std::uint64_t bytes);
    // Has the file system promised space for so much more?
    [[nodiscard]] bool is_reserved(std::uint64_t more) const { return size_ + more <= reserved_; }
    // Whether a stream of unknown length reserves ahead; it does by default.
    void reserve_ahead(bool yes) { reserves_ahead_ = yes; }
    [[nodiscard]] Result<void> append(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> flush();
    // flush() and the file's bytes on the disk.
    [[nodiscard]] Result<void> sync();

private:
    struct Free {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };
    using Aligned = std::unique_ptr<std::byte, Free>;

    FileWriter(File file, std::filesystem::path path, Mode mode, std::uint64_t size);

    [[nodiscard]] Result<void> read_tail();
    [[nodiscard]] Result<void> append_direct(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> append_copied(std::span<const std::byte>& bytes);
    [[nodiscard]] Aligned& tail();

    File file_;
    std::filesystem::path path_;
    Mode mode_;
    std::uint64_t size_;
    std::uint64_t reserved_ = 0;
    bool known_size_ = false;
    bool reserves_ahead_ = true;
    // Direct mode: the bytes after the last whole block, which wait for more; size_ % block of them.
    Aligned tail_;
    bool tail_dirty_ = false;
};

}  // namespace berth::store::fs
