#include "archive/unpack.hpp"

#include "testing/archives.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace berth::archive {
namespace {

using testing::as_bytes;
using testing::deflated;
using testing::gzipped;
using testing::zstandard;

Result<std::string> unpacked(std::string_view packed, const Limits& limits = {}) {
    MemorySource source(as_bytes(packed));
    auto plain = unpack(source, limits);
    if (!plain) return fail(std::move(plain));
    auto all = read_all(**plain, UINT64_MAX, "it");
    if (!all) return fail(std::move(all));
    return std::string(reinterpret_cast<const char*>(all->data()), all->size());
}

// A message for what fails, the content for what does not.
std::string outcome(std::string_view packed, const Limits& limits = {}) {
    auto result = unpacked(packed, limits);
    return result ? *result : "FAULT " + result.error().message;
}

// Compressible, but not by much, and longer than every buffer.
std::string some_text(std::size_t size) {
    std::string text;
    std::uint64_t state = 1;
    while (text.size() < size) text += std::to_string((state = state * 6364136223846793005U + 1) >> 40U) + '\n';
    return text.substr(0, size);
}

TEST(Unpack, TellsCompressionByContent) {
    const auto text = some_text(3'000'000);
    EXPECT_EQ(unpacked(gzipped(text)).value(), text);
    EXPECT_EQ(unpacked(zstandard(text)).value(), text);
    EXPECT_EQ(unpacked(text).value(), text);
    EXPECT_EQ(unpacked("").value(), "");
    EXPECT_EQ(unpacked("ab").value(), "ab");
}

TEST(Unpack, GoesOnOverMembersAndFrames) {
    EXPECT_EQ(unpacked(gzipped("one, ") + gzipped("") + gzipped("two")).value(), "one, two");
    const std::string skippable("\x53\x2a\x4d\x18\x03\0\0\0abc", 11);
    EXPECT_EQ(unpacked(skippable + zstandard("one, ") + skippable + zstandard("two")).value(), "one, two");
}

TEST(Unpack, RefusesWhatIsCutOrBroken) {
    const auto text = some_text(500'000);
    for (const auto& packed : {gzipped(text), zstandard(text)}) {
        for (const auto size : {packed.size() - 1, packed.size() / 2, std::size_t{12}}) {
            EXPECT_TRUE(outcome(packed.substr(0, size)).starts_with("FAULT ")) << size;
        }
    }
    auto flipped = gzipped(text);
    flipped[flipped.size() / 2] ^= 0x10;
    EXPECT_TRUE(outcome(flipped).starts_with("FAULT "));
    auto wrong_sum = gzipped(text);
    wrong_sum[wrong_sum.size() - 8] ^= 1;
    EXPECT_EQ(outcome(wrong_sum), "FAULT the compressed data have another checksum than they say");
}

TEST(Unpack, TakesZerosBehindGzipAndNothingElse) {
    EXPECT_EQ(outcome(gzipped("x") + std::string(300'000, '\0')), "x");
    EXPECT_EQ(outcome(gzipped("x") + "more"), "FAULT behind the gzip data stands something else");
    EXPECT_EQ(outcome(gzipped("x") + '\0' + gzipped("y")), "FAULT behind the gzip data stands something else");
}

TEST(Unpack, NamesWhatLayersMayNotBe) {
    EXPECT_EQ(outcome(std::string("\xfd"
                                  "7zXZ\0 and more",
                                  15)),
              "FAULT compressed with xz, which no layer may be");
    EXPECT_EQ(outcome("BZh91AY"), "FAULT compressed with bzip2, which no layer may be");
}

TEST(Unpack, StopsBombs) {
    const std::string zeros(20'000'000, '\0');
    const Limits tight{.ratio_free_bytes = 1'000'000};
    EXPECT_EQ(outcome(gzipped(zeros), tight), "FAULT the archive unpacks to more than 200 times its stored size");
    EXPECT_EQ(outcome(zstandard(zeros), tight), "FAULT the archive unpacks to more than 200 times its stored size");
    EXPECT_EQ(unpacked(gzipped(zeros)).value().size(), zeros.size());
    EXPECT_EQ(outcome(gzipped(zeros), {.unpacked_bytes = 10'000'000}),
              "FAULT the archive holds more than the 10000000 unpacked bytes allowed");
}

TEST(Unpack, CountsMembersWithoutContent) {
    std::string flood;
    const auto member = gzipped("");
    while (flood.size() < 1'000'000) flood += member;
    EXPECT_EQ(outcome(flood), "");
    EXPECT_EQ(outcome(flood, {.packed_bytes = 500'000}),
              "FAULT the archive is larger than the 500000 stored bytes allowed");
}

TEST(Unpack, KeepsToTheDeadline) {
    int asked = 0;
    const Limits limits{.out_of_time = [&] { return ++asked > 5; }};
    const auto result = unpacked(gzipped(some_text(3'000'000)), limits);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, FaultKind::deadline);
}

TEST(Unpack, RefusesAWideZstdWindow) {
    // A frame header with a window of 1 GiB: descriptor 0, window exponent 20.
    const auto result = unpacked(std::string("\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00", 9));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "the zstd data need a window over 128 MiB");
}

TEST(Unpack, InflatesEveryWrapping) {
    for (const auto& [bits, wrapping] : {std::pair{-15, Wrapping::raw}, {15, Wrapping::zlib}, {31, Wrapping::gzip}}) {
        const auto packed = deflated("some words", bits);
        const auto plain = inflate_all(as_bytes(packed), wrapping, 10);
        ASSERT_TRUE(plain) << bits << plain.error().message;
        EXPECT_EQ(plain->size(), 10U);
        EXPECT_FALSE(inflate_all(as_bytes(packed), wrapping, 9));
    }
}

TEST(Unpack, GivesBackWhatWasPackedAtEveryLevelAndReadSize) {
    EXPECT_TRUE(rc::check([](const std::string& text, std::uint8_t level, std::uint8_t step) {
        const auto packed = deflated(text, 31, level % 10);
        MemorySource source(as_bytes(packed));
        const Limits limits;
        auto plain = unpack(source, limits).value();
        std::string all;
        std::vector<std::byte> piece(step + 1U);
        while (const auto got = plain->read(piece).value()) all.append(reinterpret_cast<char*>(piece.data()), got);
        RC_ASSERT(all == text);
    }));
}

}  // namespace
}  // namespace berth::archive
