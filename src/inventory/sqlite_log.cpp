#include "inventory/sqlite_log.hpp"

#include "inventory/numbers.hpp"

#include <algorithm>
#include <cstdint>

namespace berth::inventory {
namespace {

constexpr std::size_t log_head_bytes = 32;
constexpr std::size_t frame_head_bytes = 24;
constexpr std::uint32_t little_magic = 0x377f0682;
constexpr std::uint32_t big_magic = 0x377f0683;
constexpr std::uint64_t max_image = std::uint64_t{1} << 30;

// Runs over pairs of words, in the order that the log's magic names.
struct Checksum {
    bool big = false;
    std::uint32_t a = 0;
    std::uint32_t b = 0;

    void add(std::span<const std::byte> bytes) {
        for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
            a += (big ? big32(bytes, at) : little32(bytes, at)) + b;
            b += (big ? big32(bytes, at + 4) : little32(bytes, at + 4)) + a;
        }
    }
    [[nodiscard]] bool is(std::span<const std::byte> bytes, std::size_t at) const {
        return a == big32(bytes, at) && b == big32(bytes, at + 4);
    }
};

struct Frames {
    std::size_t page_size = 0;
    std::size_t count = 0;          // up to and with the last that ends a transaction
    std::uint32_t image_pages = 0;  // the database's size behind it
};

// Frames count until the first whose salt or checksum does not fit: what follows is from an earlier use of the file.
Frames valid_frames(std::span<const std::byte> log) {
    Frames found;
    if (log.size() < log_head_bytes) return found;
    const auto magic = big32(log, 0);
    if (magic != little_magic && magic != big_magic) return found;
    found.page_size = big32(log, 8);
    if (found.page_size < 512 || found.page_size > 65536 || (found.page_size & (found.page_size - 1)) != 0)
        return found;
    Checksum sum{.big = magic == big_magic};
    sum.add(log.first(24));
    if (!sum.is(log, 24)) return found;
    const auto frame_bytes = frame_head_bytes + found.page_size;
    for (std::size_t i = 0; (i + 1) * frame_bytes <= log.size() - log_head_bytes; ++i) {
        const auto frame = log.subspan(log_head_bytes + i * frame_bytes, frame_bytes);
        if (!std::ranges::equal(frame.subspan(8, 8), log.subspan(16, 8))) break;
        sum.add(frame.first(8));
        sum.add(frame.subspan(frame_head_bytes));
        if (!sum.is(frame, 16)) break;
        if (const auto pages = big32(frame, 4); pages != 0) {
            found.count = i + 1;
            found.image_pages = pages;
        }
    }
    return found;
}

}  // namespace

Result<void> apply_sqlite_log(std::vector<std::byte>& image, std::span<const std::byte> log) {
    const auto frames = valid_frames(log);
    if (frames.count == 0) return {};
    const auto size = std::uint64_t{frames.image_pages} * frames.page_size;
    // A database grows by no more than its log holds.
    if (size > max_image || size > image.size() + log.size()) {
        return fail(FaultKind::too_large, "has a write-ahead log for a larger database");
    }
    image.resize(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < frames.count; ++i) {
        const auto frame = log.subspan(log_head_bytes + i * (frame_head_bytes + frames.page_size));
        const auto page = big32(frame, 0);
        if (page == 0 || page > frames.image_pages) continue;
        std::ranges::copy(frame.subspan(frame_head_bytes, frames.page_size),
                          image.begin() + static_cast<std::ptrdiff_t>((page - 1) * frames.page_size));
    }
    return {};
}

}  // namespace berth::inventory
