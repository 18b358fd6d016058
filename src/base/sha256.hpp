// SHA-256 (FIPS 180-4) that can advance two streams at once.
//
// One stream cannot fill a core's SHA unit: each round waits for the one before. Two independent streams interleaved
// on one core run about 1.7 times as fast as one after the other, which OpenSSL has no call for. Where the processor
// has no SHA extensions, OpenSSL's own code does the work, one stream after the other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace berth {

// A running hash. Copyable: a copy goes on from the same point.
class Sha256 {
public:
    static constexpr std::size_t digest_bytes = 32;

    Sha256();
    void update(std::span<const std::byte> data);
    // a.update(first) and b.update(second), interleaved. They must be two objects.
    static void update_two(Sha256& a, std::span<const std::byte> first, Sha256& b, std::span<const std::byte> second);
    // The raw hash of everything so far; the object stays usable.
    [[nodiscard]] std::string digest() const;
    [[nodiscard]] std::uint64_t size() const { return size_; }

private:
    static constexpr std::size_t block_bytes = 64;

    // Fills the pending block first; returns what is left of `data`, which then starts on a block of its own.
    std::span<const std::byte> complete_block(std::span<const std::byte> data);
    void keep_rest(std::span<const std::byte> rest);

    std::array<std::uint32_t, 8> state_;
    std::array<std::byte, block_bytes> block_{};
    std::uint64_t size_ = 0;
};

}  // namespace berth
