#include "base/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <atomic>
#include <cstring>
#include <stdexcept>

namespace berth {

namespace {

constexpr std::int64_t epoch_2020_ms = 1'577'836'800'000;
constexpr int sequence_bits = 22;

std::uint32_t random_start(Random& random) {
    std::array<std::byte, 4> bytes{};
    random.fill(bytes);
    std::uint32_t start = 0;
    std::memcpy(&start, bytes.data(), sizeof start);
    return start;
}

}  // namespace

void SystemRandom::fill(std::span<std::byte> out) {
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (RAND_bytes(bytes, static_cast<int>(out.size())) != 1) throw std::runtime_error("no random bytes from OpenSSL");
}

std::int64_t make_row_id(Timestamp now, Random& random) {
    static std::atomic<std::uint32_t> next = random_start(random);
    const std::uint32_t low = next.fetch_add(1, std::memory_order_relaxed) & ((1U << sequence_bits) - 1);
    const auto milliseconds = now.time_since_epoch().count() - epoch_2020_ms;
    return ((milliseconds & 0x1FF'FFFF'FFFFLL) << sequence_bits) | low;
}

std::string make_uuid(Random& random) {
    std::array<std::byte, 16> bytes{};
    random.fill(bytes);
    bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
    bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[std::to_integer<unsigned>(bytes[i] >> 4)];
        text += digits[std::to_integer<unsigned>(bytes[i] & std::byte{0x0F})];
    }
    return text;
}

}  // namespace berth
