// Tar as a stream: v7, ustar, star, pax and GNU archives, with the meaning that Go's archive/tar gives them, because
// that is what unpacks images. Nothing is ever written to disk.
#pragma once

#include "archive/limits.hpp"
#include "archive/source.hpp"

#include <optional>
#include <string>
#include <vector>

namespace berth::archive {

enum class EntryKind : std::uint8_t {
    file,
    sparse_file,  // its bytes are not given out
    directory,
    symlink,
    hard_link,
    other,  // devices, pipes, and what nobody knows
};

struct TarEntry {
    EntryKind kind = EntryKind::other;
    std::string path = {};   // normal form (archive/path.hpp); the root itself is ""
    std::string link = {};   // symlink: the target as written; hard_link: a path in normal form
    std::uint64_t size = 0;  // of a file, in bytes
    std::uint32_t mode = 0;  // permission bits
    bool leads_out = false;  // the name, or a hard link's target, leaves the root; `path` or `link` is then as written
};

// For one thread; `source` and `limits` must outlive it. Memory: a buffer of 256 KiB, and the longest file that whole()
// was asked for.
class TarReader {
public:
    TarReader(Source& source, const Limits& limits);

    // The next entry, or null at the end; what was not read of the last one is passed over. Valid until the next call.
    // Faults: invalid_parameter (no tar, or truncated), too_large (a limit), and those of the source.
    [[nodiscard]] Result<const TarEntry*> next();
    // The next bytes of the file, straight from the buffer and valid until the next call; empty at its end.
    [[nodiscard]] Result<std::span<const std::byte>> content();
    // Its first bytes, up to `bytes` (at most 256 KiB), without taking them.
    [[nodiscard]] Result<std::span<const std::byte>> peek(std::size_t bytes);
    // What is left of the file where that is at most `max_bytes`, else too_large. Valid until the next call; what fits
    // in the buffer is not copied.
    [[nodiscard]] Result<std::span<const std::byte>> whole(std::uint64_t max_bytes);
    // Where in the archive the next byte of content() stands: for those who can read the archive at any place.
    [[nodiscard]] std::uint64_t content_position() const { return position_; }

private:
    // What pax and GNU headers say of the entry that follows them.
    struct Extended {
        std::optional<std::string> path;
        std::optional<std::string> link;
        std::optional<std::string> gnu_path;
        std::optional<std::string> gnu_link;
        std::optional<std::uint64_t> size;
        bool sparse = false;
    };

    [[nodiscard]] Result<bool> have(std::size_t bytes);
    [[nodiscard]] Result<const char*> block();
    [[nodiscard]] Result<void> pass(std::uint64_t bytes);
    [[nodiscard]] Result<void> finish_entry();
    [[nodiscard]] Result<std::string> text_of_entry(std::uint64_t size);
    [[nodiscard]] Result<void> read_pax(std::uint64_t size, Extended& extended);
    [[nodiscard]] Result<void> pass_sparse_map(const char* header);
    [[nodiscard]] Result<const TarEntry*> describe(const char* header, char type, std::uint64_t size,
                                                   const Extended& extended);
    [[nodiscard]] std::unexpected<Fault> truncated() const;

    Source& source_;
    const Limits& limits_;
    std::vector<std::byte> buffer_;
    std::vector<std::byte> long_file_;
    std::size_t from_ = 0;
    std::size_t to_ = 0;
    std::uint64_t position_ = 0;  // of `from_` in the archive
    std::uint64_t content_ = 0;   // bytes of the entry's content that were not given out
    std::uint64_t padding_ = 0;   // bytes behind them up to the next block
    std::uint64_t entries_ = 0;
    TarEntry entry_;
    bool done_ = false;
};

}  // namespace berth::archive
