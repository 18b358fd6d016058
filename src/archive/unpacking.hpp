// What the decompressors of this room share: the buffer of packed bytes, and the accounts that make bombs end.
#pragma once

#include "archive/limits.hpp"
#include "archive/source.hpp"

#include <memory>
#include <vector>

namespace berth::archive {

class Unpacking : public Source {
protected:
    // `start`: bytes that were already taken from `packed`.
    Unpacking(Source& packed, std::vector<std::byte> start, const Limits& limits);

    // Packed bytes that were not used yet.
    [[nodiscard]] std::span<const std::byte> available() const {
        return std::span(buffer_).subspan(from_, to_ - from_);
    }
    void use(std::size_t bytes) { from_ += bytes; }
    // Fetches more when none are available; false at the end.
    [[nodiscard]] Result<bool> refill();
    // Counts what came out, and hands the number on.
    [[nodiscard]] Result<std::size_t> give(std::size_t bytes);

    [[nodiscard]] const Limits& limits() const { return limits_; }

private:
    [[nodiscard]] Result<void> in_time() const;

    Source& packed_;
    const Limits limits_;
    std::vector<std::byte> buffer_;
    std::size_t from_ = 0;
    std::size_t to_ = 0;
    std::uint64_t packed_bytes_ = 0;
    std::uint64_t unpacked_bytes_ = 0;
};

[[nodiscard]] std::unique_ptr<Source> unpack_deflate(Source& packed, std::vector<std::byte> start, bool many_members,
                                                     std::uint32_t isal_wrapping, const Limits& limits);
[[nodiscard]] std::unique_ptr<Source> unpack_zstd(Source& packed, std::vector<std::byte> start, const Limits& limits);
[[nodiscard]] std::unique_ptr<Source> unpack_plain(Source& packed, std::vector<std::byte> start, const Limits& limits);

}  // namespace berth::archive
