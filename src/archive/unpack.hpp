// Compressed streams as plain ones: gzip (any number of members), zlib and raw deflate, zstd (any number of frames),
// or bytes that are not compressed. Layers are told apart by their first bytes: media types lie.
#pragma once

#include "archive/limits.hpp"
#include "archive/source.hpp"

#include <memory>

namespace berth::archive {

enum class Wrapping : std::uint8_t {
    raw,   // deflate alone, as in zip files
    zlib,  // one stream with header and Adler-32
    gzip,  // members with header and CRC-32, as many as come
};

// The unpacked bytes of `packed`, which must outlive the answer. Checksums are verified. Faults, also
// from reading: too_large (over a limit), deadline, invalid_parameter (broken or truncated), unsupported (another
// compression, a zstd window over 128 MiB).
[[nodiscard]] Result<std::unique_ptr<Source>> unpack(Source& packed, const Limits& limits);
[[nodiscard]] std::unique_ptr<Source> inflate(Source& packed, Wrapping wrapping, const Limits& limits);

// A whole small stream at once; at most `max_bytes` come out.
[[nodiscard]] Result<std::vector<std::byte>> inflate_all(std::span<const std::byte> packed, Wrapping wrapping,
                                                         std::uint64_t max_bytes);

}  // namespace berth::archive
