// SHA-256's compression function over whole 64-byte blocks, by the fastest means this processor has.
#pragma once

#include <cstddef>
#include <cstdint>

namespace berth {

// `state` is the eight words a..h; `data` has `blocks` * 64 bytes and needs no alignment.
void sha256_blocks(std::uint32_t* state, const std::byte* data, std::size_t blocks);

// Two independent streams, interleaved where the processor gains by it.
void sha256_blocks_two(std::uint32_t* state_a, const std::byte* data_a, std::uint32_t* state_b, const std::byte* data_b,
                       std::size_t blocks);

}  // namespace berth
