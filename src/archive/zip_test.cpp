#include "archive/zip.hpp"

#include "testing/archives.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace berth::archive {
namespace {

using testing::as_bytes;
using testing::Zip;

const Limits standard;

std::string content_of(ZipReader& zip, std::size_t index, std::uint64_t max_bytes = 1'000'000) {
    auto content = zip.read(zip.entries()[index], max_bytes);
    if (!content) return "FAULT " + content.error().message;
    return {reinterpret_cast<const char*>(content->data()), content->size()};
}

std::string opening(std::string_view bytes, const Limits& limits = standard) {
    const auto zip = ZipReader::open(as_bytes(bytes), limits);
    return zip ? "fine" : zip.error().message;
}

TEST(Zip, ReadsStoredAndDeflated) {
    const auto bytes =
        Zip().file("META-INF/", "", false).file("a.txt", "alpha", false).file("b", "beta").end("a comment");
    auto zip = ZipReader::open(as_bytes(bytes), standard).value();
    ASSERT_EQ(zip.entries().size(), 3U);
    EXPECT_TRUE(zip.entries()[0].is_folder());
    EXPECT_EQ(zip.entries()[1].name, "a.txt");
    EXPECT_EQ(content_of(zip, 1), "alpha");
    EXPECT_EQ(content_of(zip, 2), "beta");
    EXPECT_EQ(zip.unpacked_bytes(), 9U);
}

TEST(Zip, FindsAnArchiveBehindAProgram) {
    const auto bytes = "#!/bin/sh\nexec java -jar $0\n" + Zip().file("a", "alpha").end();
    auto zip = ZipReader::open(as_bytes(bytes), standard).value();
    EXPECT_EQ(content_of(zip, 0), "alpha");
}

TEST(Zip, KeepsToItsLimits) {
    const auto bytes = Zip().file("a", std::string(1000, 'x')).file("b", std::string(1000, 'x')).end();
    auto zip = ZipReader::open(as_bytes(bytes), standard).value();
    EXPECT_EQ(content_of(zip, 0, 999), "FAULT the entry is larger than the 999 bytes allowed");
    EXPECT_EQ(opening(bytes, {.entries = 1}), "the zip file has more than the 1 entries allowed");
    EXPECT_EQ(opening(Zip().file("abc", "").end(), {.path_bytes = 2}),
              "a name in the zip file is longer than the 2 bytes allowed");
    const Limits budget{.unpacked_bytes = 1500};
    auto limited = ZipReader::open(as_bytes(bytes), budget).value();
    EXPECT_EQ(content_of(limited, 0).size(), 1000U);
    EXPECT_EQ(content_of(limited, 1), "FAULT the zip file holds more than the 1500 unpacked bytes allowed");
}

TEST(Zip, RefusesLies) {
    const auto good = Zip().file("a", "alpha alpha alpha").end();
    EXPECT_EQ(opening(""), "not a zip file");
    EXPECT_EQ(opening("PK\x03\x04 and nothing else, for quite a while"), "not a zip file");
    EXPECT_EQ(opening(good.substr(5)), "the zip file is broken: its directory lies outside");

    const auto central = good.find("PK\x01\x02");
    const auto with = [&](std::size_t at, char value) {
        auto bytes = good;
        bytes[at] = value;
        auto zip = ZipReader::open(as_bytes(bytes), standard);
        return zip ? content_of(*zip, 0) : zip.error().message;
    };
    EXPECT_EQ(with(central + 8, 1), "FAULT the entry is encrypted");
    EXPECT_EQ(with(central + 10, 9), "FAULT compression method 9 of the zip format");
    EXPECT_EQ(with(central + 16, 0), "FAULT the zip file is broken: an entry is not what its checksum says");
    EXPECT_EQ(with(central + 24, 5), "FAULT the entry is larger than the 5 bytes allowed");
    EXPECT_EQ(with(central + 24, 100), "FAULT the zip file is broken: an entry is not what its checksum says");
    EXPECT_EQ(with(central + 42, 3), "FAULT the zip file is broken: an entry has no header");
    EXPECT_EQ(with(central + 44, 3), "FAULT the zip file is broken: an entry lies outside");
    EXPECT_EQ(with(central + 29, 3), "the zip file is broken: an entry of its directory lies outside");
    EXPECT_EQ(with(good.size() - 12, 2), "the zip file is broken: its directory is shorter than it says");
}

TEST(Zip, ReadsZip64) {
    // Written by hand: one stored entry "a" whose sizes and place stand in extra fields, and the records of zip64.
    const auto number = [](std::uint64_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i) text += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
        return text;
    };
    const auto crc = static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>("alpha"), 5));
    const auto all_ones = std::string(4, '\xff');
    const auto local = "PK\x03\x04" + number(45, 2) + number(0, 8) + number(crc, 4) + all_ones + all_ones +
                       number(1, 2) + number(20, 2) + "a" + number(1, 2) + number(16, 2) + number(5, 8) + number(5, 8) +
                       "alpha";
    const auto central = "PK\x01\x02" + number(45, 2) + number(45, 2) + number(0, 8) + number(crc, 4) + all_ones +
                         all_ones + number(1, 2) + number(28, 2) + number(0, 10) + all_ones + "a" + number(1, 2) +
                         number(24, 2) + number(5, 8) + number(5, 8) + number(0, 8);
    const auto end64 = "PK\x06\x06" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8) + number(1, 8) +
                       number(1, 8) + number(central.size(), 8) + number(local.size(), 8);
    const auto locator = "PK\x06\x07" + number(0, 4) + number(local.size() + central.size(), 8) + number(1, 4);
    const auto end = "PK\x05\x06" + number(0, 4) + std::string(12, '\xff') + number(0, 2);
    for (const std::string& front : {std::string(), std::string("in front of it")}) {
        const auto bytes = front + local + central + end64 + locator + end;
        auto zip = ZipReader::open(as_bytes(bytes), standard);
        ASSERT_TRUE(zip) << zip.error().message;
        EXPECT_EQ(content_of(*zip, 0), "alpha");
    }
}

TEST(Zip, NeverCrashesOnDamage) {
    const auto good = Zip().file("a", "alpha").file("b", std::string(500, 'b')).end("comment");
    EXPECT_TRUE(rc::check([&](std::size_t at, std::uint8_t value, std::uint16_t cut) {
        auto bytes = good;
        bytes[at % bytes.size()] = static_cast<char>(value);
        if (cut % 3 == 0) bytes.resize(cut % bytes.size());
        auto zip = ZipReader::open(as_bytes(bytes), standard);
        if (!zip) return;
        for (std::size_t i = 0; i < zip->entries().size(); ++i) RC_ASSERT(content_of(*zip, i, 1000).size() < 1100);
    }));
}

}  // namespace
}  // namespace berth::archive
