#include "archive/source.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace berth::archive {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10;

}  // namespace

Result<std::uint64_t> Source::skip(std::uint64_t bytes) {
    std::vector<std::byte> piece(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, piece_bytes)));
    std::uint64_t done = 0;
    while (done < bytes) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes - done, piece.size()));
        auto got = read(std::span(piece).first(wanted));
        if (!got) return fail(std::move(got));
        if (*got == 0) break;
        done += *got;
    }
    return done;
}

Result<std::size_t> MemorySource::read(std::span<std::byte> into) {
    const auto size = std::min(into.size(), rest_.size());
    if (size > 0) std::memcpy(into.data(), rest_.data(), size);
    rest_ = rest_.subspan(size);
    return size;
}

Result<std::uint64_t> MemorySource::skip(std::uint64_t bytes) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, rest_.size()));
    rest_ = rest_.subspan(size);
    return size;
}

Result<std::vector<std::byte>> read_all(Source& source, std::uint64_t max_bytes, const char* what) {
    std::vector<std::byte> all;
    std::size_t size = 0;
    for (;;) {
        // Grows with what really came, so that an announced size costs nothing.
        if (size == all.size()) all.resize(std::max(piece_bytes, size * 2));
        auto got = source.read(std::span(all).subspan(size));
        if (!got) return fail(std::move(got));
        if (*got == 0) break;
        size += *got;
        if (size > max_bytes) {
            return fail(FaultKind::too_large,
                        std::string(what) + " is larger than the " + std::to_string(max_bytes) + " bytes allowed");
        }
    }
    all.resize(size);
    return all;
}

Result<void> drain(Source& source) {
    std::vector<std::byte> piece(piece_bytes);
    for (;;) {
        auto got = source.read(piece);
        if (!got) return fail(std::move(got));
        if (*got == 0) return {};
    }
}

}  // namespace berth::archive
