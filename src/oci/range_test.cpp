#include "oci/range.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace berth::oci {
namespace {

ByteRange range_of(std::string_view header, std::uint64_t size) {
    const auto answer = answer_range(header, size);
    const auto* range = std::get_if<ByteRange>(&answer);
    return range != nullptr ? *range : ByteRange{.first = 1, .last = 0};
}
bool is_whole(std::string_view header, std::uint64_t size) {
    return std::holds_alternative<WholeContent>(answer_range(header, size));
}
bool is_unsatisfiable(std::string_view header, std::uint64_t size) {
    return std::holds_alternative<Unsatisfiable>(answer_range(header, size));
}

TEST(Range, GivesOneRange) {
    EXPECT_EQ(range_of("bytes=500-1499", 2048), (ByteRange{500, 1499}));
    EXPECT_EQ(range_of("bytes=500-", 2048), (ByteRange{500, 2047}));
    EXPECT_EQ(range_of("bytes=-500", 2048), (ByteRange{1548, 2047}));
    EXPECT_EQ(range_of("bytes=-5000", 2048), (ByteRange{0, 2047}));
    EXPECT_EQ(range_of("bytes=2000-5000", 2048), (ByteRange{2000, 2047}));
    EXPECT_EQ(range_of(" Bytes= 0-0 ", 1), (ByteRange{0, 0}));
    EXPECT_EQ(range_of("bytes=0-99999999999999999999999", 10), (ByteRange{0, 9}));
}

TEST(Range, RefusesWhatLiesOutside) {
    EXPECT_TRUE(is_unsatisfiable("bytes=5000-10000", 2048));
    EXPECT_TRUE(is_unsatisfiable("bytes=500-0", 2048));
    EXPECT_TRUE(is_unsatisfiable("bytes=2048-", 2048));
    EXPECT_TRUE(is_unsatisfiable("bytes=-0", 2048));
    EXPECT_TRUE(is_unsatisfiable("bytes=0-", 0));
    EXPECT_TRUE(is_unsatisfiable("bytes=-1", 0));
}

TEST(Range, IgnoresWhatItDoesNotServe) {
    for (const auto* text : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "items=0-1", "bytes=0-1,3-4",
                             "bytes=1--2", "bytes=+1-2", "bytes 0-1"}) {
        EXPECT_TRUE(is_whole(text, 2048)) << text;
    }
}

TEST(Range, ReadsContentRangeInBothForms) {
    EXPECT_EQ(parse_content_range("0-99"), (ByteRange{0, 99}));
    EXPECT_EQ(parse_content_range("bytes 100-199/*"), (ByteRange{100, 199}));
    EXPECT_EQ(parse_content_range("bytes 100-199/200"), (ByteRange{100, 199}));
    EXPECT_EQ(parse_content_range("bytes=100-199"), (ByteRange{100, 199}));
    for (const auto* text : {"", "-", "5-4", "0-", "-5", "0-9223372036854775807", "a-b", "bytes */200", "0-1-2"}) {
        EXPECT_FALSE(parse_content_range(text)) << text;
    }
}

TEST(Range, EveryRangeLiesWithinTheContent) {
    const auto property = [](std::uint64_t first, std::uint64_t last, std::uint64_t size) {
        const auto answer = answer_range("bytes=" + std::to_string(first) + "-" + std::to_string(last), size);
        const auto* range = std::get_if<ByteRange>(&answer);
        if (range == nullptr) RC_ASSERT(first >= size || last < first);
        if (range != nullptr) RC_ASSERT(range->first == first && range->last == std::min(last, size - 1));
    };
    // Of any 64 bits, and of small numbers, where the edges meet.
    EXPECT_TRUE(rc::check([&](std::uint8_t a, std::uint8_t b, std::uint8_t c) { property(a, b, c); }));
    EXPECT_TRUE(rc::check([&](std::uint32_t a, std::uint32_t b, std::uint32_t c) {
        property(std::uint64_t{a} << 20, std::uint64_t{b} << 20, std::uint64_t{c} << 20);
    }));
}

TEST(Range, SuffixesHaveTheirLength) {
    EXPECT_TRUE(rc::check([](std::uint16_t length, std::uint16_t size) {
        RC_PRE(length > 0 && size > 0);
        const auto range = range_of("bytes=-" + std::to_string(length), size);
        RC_ASSERT(range.length() == std::min(length, size) && range.last == size - 1U);
    }));
}

}  // namespace
}  // namespace berth::oci
