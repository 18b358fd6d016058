// Zip files in memory (jars, wheels, advisory feeds), read by their central directory, with zip64 and with something
// else in front of them (programs that carry an archive). Encrypted entries and methods other than "stored" and
// "deflate" are refused one by one.
#pragma once

#include "archive/limits.hpp"
#include "archive/source.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace berth::archive {

struct ZipEntry {
    std::string_view name;  // as written: may be absolute, lead out, or end with '/' (a folder); points into the file
    std::uint64_t packed_size = 0;
    std::uint64_t size = 0;  // as announced; no more than this comes out
    std::uint64_t header_at = 0;
    std::uint32_t crc = 0;
    std::uint16_t method = 0;
    std::uint16_t flags = 0;

    [[nodiscard]] bool is_folder() const { return name.ends_with('/'); }
};

// The file's bytes and the limits must outlive it. Of the limits it holds: entries, path_bytes (a longer name is a
// fault), unpacked_bytes (over all entries that were read), ratio (of each entry) and out_of_time. For one thread.
class ZipReader {
public:
    // Faults: invalid_parameter (no zip, or broken), too_large.
    [[nodiscard]] static Result<ZipReader> open(std::span<const std::byte> file, const Limits& limits);

    // In the directory's order; a name may stand there twice.
    [[nodiscard]] std::span<const ZipEntry> entries() const { return entries_; }
    // The whole of one, its checksum verified. Faults: too_large (over `max_bytes` or a limit), unsupported,
    // invalid_parameter.
    [[nodiscard]] Result<std::vector<std::byte>> read(const ZipEntry& entry, std::uint64_t max_bytes);
    // What read() gave out so far: for a budget that archives inside archives share.
    [[nodiscard]] std::uint64_t unpacked_bytes() const { return unpacked_bytes_; }

private:
    ZipReader(std::span<const std::byte> file, const Limits& limits) : file_(file), limits_(&limits) {}

    [[nodiscard]] Result<void> read_directory();
    [[nodiscard]] Result<std::span<const std::byte>> packed(const ZipEntry& entry) const;

    std::span<const std::byte> file_;
    const Limits* limits_;
    std::vector<ZipEntry> entries_;
    std::uint64_t base_ = 0;  // bytes in front of the archive
    std::uint64_t unpacked_bytes_ = 0;
};

}  // namespace berth::archive
