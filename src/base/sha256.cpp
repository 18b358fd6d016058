#include "base/sha256.hpp"

#include "base/sha256_blocks.hpp"

#include <algorithm>
#include <cstring>

namespace berth {

namespace {

constexpr std::array<std::uint32_t, 8> initial_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

void put_big_endian(std::byte* out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        out[i] = static_cast<std::byte>((value >> (8 * (bytes - 1 - i))) & 0xFF);
    }
}

}  // namespace

Sha256::Sha256() : state_(initial_state) {}

std::span<const std::byte> Sha256::complete_block(std::span<const std::byte> data) {
    const auto pending = static_cast<std::size_t>(size_ % block_bytes);
    size_ += data.size();
    if (pending == 0) return data;
    const auto taken = std::min(block_bytes - pending, data.size());
    std::memcpy(block_.data() + pending, data.data(), taken);
    if (pending + taken == block_bytes) sha256_blocks(state_.data(), block_.data(), 1);
    return data.subspan(taken);
}

void Sha256::keep_rest(std::span<const std::byte> rest) {
    if (!rest.empty()) std::memcpy(block_.data(), rest.data(), rest.size());
}

void Sha256::update(std::span<const std::byte> data) {
    if (data.empty()) return;
    const auto rest = complete_block(data);
    const auto blocks = rest.size() / block_bytes;
    sha256_blocks(state_.data(), rest.data(), blocks);
    keep_rest(rest.subspan(blocks * block_bytes));
}

void Sha256::update_two(Sha256& a, std::span<const std::byte> first, Sha256& b, std::span<const std::byte> second) {
    if (first.empty() || second.empty()) {
        a.update(first);
        b.update(second);
        return;
    }
    auto rest_a = a.complete_block(first);
    auto rest_b = b.complete_block(second);
    const auto both = std::min(rest_a.size(), rest_b.size()) / block_bytes;
    sha256_blocks_two(a.state_.data(), rest_a.data(), b.state_.data(), rest_b.data(), both);
    const auto finish = [both](Sha256& hash, std::span<const std::byte> rest) {
        rest = rest.subspan(both * block_bytes);
        const auto blocks = rest.size() / block_bytes;
        sha256_blocks(hash.state_.data(), rest.data(), blocks);
        hash.keep_rest(rest.subspan(blocks * block_bytes));
    };
    finish(a, rest_a);
    finish(b, rest_b);
}

std::string Sha256::digest() const {
    // The padding of FIPS 180-4, 5.1.1: a one bit, zeros, the length in bits.
    std::array<std::byte, 2 * block_bytes> tail{};
    const auto pending = static_cast<std::size_t>(size_ % block_bytes);
    std::copy_n(block_.begin(), pending, tail.begin());
    tail[pending] = std::byte{0x80};
    const std::size_t blocks = pending + 1 + 8 <= block_bytes ? 1 : 2;
    put_big_endian(tail.data() + blocks * block_bytes - 8, size_ * 8, 8);
    auto state = state_;
    sha256_blocks(state.data(), tail.data(), blocks);
    std::array<std::byte, digest_bytes> out{};
    for (std::size_t i = 0; i < state.size(); ++i) put_big_endian(out.data() + i * 4, state[i], 4);
    return {reinterpret_cast<const char*>(out.data()), out.size()};
}

}  // namespace berth
