#include "auth/siphash.hpp"

#include <bit>
#include <cstring>

namespace berth::auth {

namespace {

struct State {
    std::uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void absorb(std::uint64_t word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }
};

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

}  // namespace

std::uint64_t sip_hash(const SipKey& key, std::string_view bytes) {
    State state{.v0 = key.k0 ^ 0x736f6d6570736575ULL,
                .v1 = key.k1 ^ 0x646f72616e646f6dULL,
                .v2 = key.k0 ^ 0x6c7967656e657261ULL,
                .v3 = key.k1 ^ 0x7465646279746573ULL};
    const auto length = static_cast<std::uint64_t>(bytes.size());
    std::uint64_t word = 0;
    for (; bytes.size() >= sizeof word; bytes.remove_prefix(sizeof word)) {
        std::memcpy(&word, bytes.data(), sizeof word);
        state.absorb(word);
    }
    word = 0;
    if (!bytes.empty()) std::memcpy(&word, bytes.data(), bytes.size());
    state.absorb(word | (length << 56));
    state.v2 ^= 0xFF;
    for (int i = 0; i < 3; ++i) state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace berth::auth
