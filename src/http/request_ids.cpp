#include "http/request_ids.hpp"

#include "base/random.hpp"

#include <bit>

namespace berth::http {

RequestIds::RequestIds() {
    SystemRandom random;
    random.fill(std::as_writable_bytes(std::span(state_)));
    state_[0] |= 1;  // the state must not be all zero
}

std::uint64_t RequestIds::draw() {
    const auto result = std::rotl(state_[1] * 5, 7) * 9;
    const auto shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

void RequestIds::next(RequestId& id) {
    static constexpr char digits[] = "0123456789abcdef";
    const std::array<std::uint64_t, 2> halves{(draw() & ~std::uint64_t{0xF000}) | 0x4000,
                                              (draw() >> 2) | (std::uint64_t{1} << 63)};
    std::size_t at = 0;
    for (unsigned nibble = 0; nibble < 32; ++nibble) {
        if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) id[at++] = '-';
        id[at++] = digits[(halves[nibble / 16] >> (60 - 4 * (nibble % 16))) & 0xF];
    }
}

}  // namespace berth::http
