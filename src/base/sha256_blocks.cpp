#include "base/sha256_blocks.hpp"

// The low-level calls are deprecated in OpenSSL 3 but the only ones that expose the state; they stay in 3.x.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace berth {

namespace {

void portable_blocks(std::uint32_t* state, const std::byte* data, std::size_t blocks) {
    SHA256_CTX context{};
    std::memcpy(context.h, state, sizeof context.h);
    for (std::size_t i = 0; i < blocks; ++i) {
        SHA256_Transform(&context, reinterpret_cast<const unsigned char*>(data + i * 64));
    }
    std::memcpy(state, context.h, sizeof context.h);
}

#if defined(__x86_64__)

#define BERTH_SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))

alignas(16) constexpr std::array<std::uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// One stream's registers: the state as the instructions want it (ABEF, CDGH) and the last sixteen message words.
struct Lane {
    __m128i abef;
    __m128i cdgh;
    __m128i words[4];
};

BERTH_SHA_TARGET inline void load_state(Lane& lane, const std::uint32_t* state) {
    const auto abcd = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state));
    const auto efgh = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state + 4));
    const auto cdab = _mm_shuffle_epi32(abcd, 0xB1);
    const auto efgh_reversed = _mm_shuffle_epi32(efgh, 0x1B);
    lane.abef = _mm_alignr_epi8(cdab, efgh_reversed, 8);
    lane.cdgh = _mm_blend_epi16(efgh_reversed, cdab, 0xF0);
}

BERTH_SHA_TARGET inline void store_state(const Lane& lane, std::uint32_t* state) {
    const auto feba = _mm_shuffle_epi32(lane.abef, 0x1B);
    const auto dchg = _mm_shuffle_epi32(lane.cdgh, 0xB1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(state), _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

// Four rounds with message words 4*group .. 4*group+3.
template <std::size_t group>
BERTH_SHA_TARGET inline void four_rounds(Lane& lane, const std::byte* block) {
    auto& current = lane.words[group % 4];
    if constexpr (group < 4) {
        const auto big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
        const auto raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + group * 16));
        current = _mm_shuffle_epi8(raw, big_endian);
    } else {
        const auto& last = lane.words[(group + 3) % 4];
        const auto& before_last = lane.words[(group + 2) % 4];
        const auto mixed = _mm_sha256msg1_epu32(current, lane.words[(group + 1) % 4]);
        current = _mm_sha256msg2_epu32(_mm_add_epi32(mixed, _mm_alignr_epi8(last, before_last, 4)), last);
    }
    const auto constants = _mm_load_si128(reinterpret_cast<const __m128i*>(round_constants.data() + group * 4));
    const auto input = _mm_add_epi32(current, constants);
    lane.cdgh = _mm_sha256rnds2_epu32(lane.cdgh, lane.abef, input);
    lane.abef = _mm_sha256rnds2_epu32(lane.abef, lane.cdgh, _mm_shuffle_epi32(input, 0x0E));
}

// All lanes take the same step before any takes the next: that is what fills the unit.
template <std::size_t group, std::size_t lanes>
BERTH_SHA_TARGET inline void all_rounds(Lane (&lane)[lanes], const std::byte* const (&block)[lanes]) {
    if constexpr (group < 16) {
        four_rounds<group>(lane[0], block[0]);
        if constexpr (lanes == 2) four_rounds<group>(lane[1], block[1]);
        all_rounds<group + 1>(lane, block);
    }
}

template <std::size_t lanes>
BERTH_SHA_TARGET void shani_blocks(std::uint32_t* const (&state)[lanes], const std::byte* const (&data)[lanes],
                                   std::size_t blocks) {
    Lane lane[lanes];
    for (std::size_t i = 0; i < lanes; ++i) load_state(lane[i], state[i]);
    for (std::size_t at = 0; at < blocks; ++at) {
        __m128i abef[lanes];
        __m128i cdgh[lanes];
        const std::byte* block[lanes];
        for (std::size_t i = 0; i < lanes; ++i) {
            abef[i] = lane[i].abef;
            cdgh[i] = lane[i].cdgh;
            block[i] = data[i] + at * 64;
        }
        all_rounds<0, lanes>(lane, block);
        for (std::size_t i = 0; i < lanes; ++i) {
            lane[i].abef = _mm_add_epi32(lane[i].abef, abef[i]);
            lane[i].cdgh = _mm_add_epi32(lane[i].cdgh, cdgh[i]);
        }
    }
    for (std::size_t i = 0; i < lanes; ++i) store_state(lane[i], state[i]);
}

bool has_sha_extensions() {
    static const bool has = __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3") && [] {
        unsigned eax = 7;
        unsigned ebx = 0;
        unsigned ecx = 0;
        unsigned edx = 0;
        __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
        return (ebx & (1U << 29)) != 0;  // leaf 7: SHA
    }();
    return has;
}

#endif

}  // namespace

void sha256_blocks(std::uint32_t* state, const std::byte* data, std::size_t blocks) {
    if (blocks == 0) return;
#if defined(__x86_64__)
    if (has_sha_extensions()) return shani_blocks<1>({state}, {data}, blocks);
#endif
    portable_blocks(state, data, blocks);
}

void sha256_blocks_two(std::uint32_t* state_a, const std::byte* data_a, std::uint32_t* state_b, const std::byte* data_b,
                       std::size_t blocks) {
    if (blocks == 0) return;
#if defined(__x86_64__)
    if (has_sha_extensions()) return shani_blocks<2>({state_a, state_b}, {data_a, data_b}, blocks);
#endif
    portable_blocks(state_a, data_a, blocks);
    portable_blocks(state_b, data_b, blocks);
}

}  // namespace berth
