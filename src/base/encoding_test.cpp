#include "base/encoding.hpp"

#include <gtest/gtest.h>

#include <random>

namespace berth {
namespace {

std::string random_bytes(std::mt19937& generator, std::size_t longest) {
    std::string bytes(std::uniform_int_distribution<std::size_t>(0, longest)(generator), '\0');
    for (auto& c : bytes) c = static_cast<char>(std::uniform_int_distribution<int>(0, 255)(generator));
    return bytes;
}

TEST(Encoding, RoundTrips) {
    std::mt19937 generator(1);
    for (int i = 0; i < 5000; ++i) {
        const auto bytes = random_bytes(generator, 40);
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
        EXPECT_EQ(from_hex(to_hex({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()})), bytes);
        EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
        EXPECT_EQ(percent_decode(percent_encode(bytes, Slash::keep)), bytes);
    }
}

TEST(Encoding, KnownBase64) {
    EXPECT_EQ(to_base64("AWS:secret"), "QVdTOnNlY3JldA==");
    EXPECT_EQ(to_base64("a"), "YQ==");
    EXPECT_EQ(to_base64("ab"), "YWI=");
    EXPECT_EQ(to_base64("abc"), "YWJj");
    EXPECT_EQ(to_base64(""), "");
}

TEST(Encoding, RefusesWhatIsNotBase64) {
    for (const auto* text : {"a", "ab", "abc", "ab=c", "a===", "====", "ab c", "ab\nc", "ab-_", "YQ=", "=YQ="}) {
        EXPECT_FALSE(from_base64(text)) << text;
    }
}

TEST(Encoding, RefusesBrokenEscapes) {
    for (const auto* text : {"%", "%1", "%g0", "a%2", "%%20"}) EXPECT_FALSE(percent_decode(text)) << text;
    EXPECT_EQ(percent_decode("a%2Fb+c"), "a/b+c");
    EXPECT_EQ(percent_encode("a/b c"), "a%2Fb%20c");
    EXPECT_EQ(percent_encode("a/b c", Slash::keep), "a/b%20c");
}

}  // namespace
}  // namespace berth
