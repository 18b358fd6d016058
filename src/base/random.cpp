#include "base/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace berth {

namespace {

constexpr std::int64_t epoch_2020_ms = 1'577'836'800'000;
constexpr int random_bits = 22;

}  // namespace

void SystemRandom::fill(std::span<std::byte> out) {
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (RAND_bytes(bytes, static_cast<int>(out.size())) != 1) throw std::runtime_error("no random bytes from OpenSSL");
}

std::int64_t make_row_id(Timestamp now, Random& random) {
    std::array<std::byte, 4> bytes{};
    random.fill(bytes);
    std::uint32_t low = 0;
    std::memcpy(&low, bytes.data(), sizeof low);
    const auto milliseconds = now.time_since_epoch().count() - epoch_2020_ms;
    return ((milliseconds & 0x1FF'FFFF'FFFFLL) << random_bits) | (low & ((1U << random_bits) - 1));
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
