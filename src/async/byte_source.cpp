#include "async/byte_source.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace berth {

Task<Result<std::string>> read_all(ByteSource& source, std::size_t limit) {
    const auto announced = source.remaining();
    if (announced && *announced > limit) {
        co_return fail(FaultKind::too_large, "the body is larger than " + std::to_string(limit) + " bytes");
    }
    std::string all;
    if (announced) all.reserve(*announced);
    std::array<std::byte, 16384> piece;  // NOLINT: filled by the read
    for (;;) {
        auto got = co_await source.read_some(piece);
        if (!got) co_return fail(std::move(got));
        if (*got == 0) co_return all;
        if (all.size() + *got > limit) {
            co_return fail(FaultKind::too_large, "the body is larger than " + std::to_string(limit) + " bytes");
        }
        all.append(reinterpret_cast<const char*>(piece.data()), *got);
    }
}

Task<Result<std::size_t>> MemorySource::read_some(std::span<std::byte> out) {
    const auto count = std::min(out.size(), bytes_.size() - at_);
    std::memcpy(out.data(), bytes_.data() + at_, count);
    at_ += count;
    co_return count;
}

}  // namespace berth
