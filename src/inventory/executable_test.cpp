#include "inventory/executable.hpp"

#include "inventory/language_test_support.hpp"

#include <rapidcheck.h>

namespace berth::inventory {
namespace {

TEST(Executable, FindsSectionsAndAddresses) {
    const auto file = unpacked_fixture("go-linux-amd64.gz");
    const auto program = parse_executable(file);
    ASSERT_TRUE(program);
    const auto* section = program->section(".go.buildinfo");
    ASSERT_NE(section, nullptr);
    EXPECT_EQ(section->address % 16, 0U);
    EXPECT_EQ(program->at_address(section->address).substr(0, 14), section->bytes.substr(0, 14));
    EXPECT_EQ(program->at_address(1), "");
    EXPECT_EQ(program->section(".none"), nullptr);
}

TEST(Executable, KnowsItByItsFirstBytes) {
    for (const auto name : {"go-linux-amd64.gz", "go-windows-amd64.gz", "go-darwin-arm64.gz", "go-linux-s390x.gz"}) {
        EXPECT_TRUE(looks_executable(unpacked_fixture(name).substr(0, 16))) << name;
    }
    EXPECT_FALSE(looks_executable("#!/bin/sh\n123456"));
    // A Java class of version 52 begins as a Mach-O file for several architectures does.
    EXPECT_FALSE(looks_executable(std::string_view("\xCA\xFE\xBA\xBE\0\0\0\x34", 8)));
    EXPECT_FALSE(looks_executable(""));
}

TEST(Executable, WindowsNeverLeaveTheBytes) {
    EXPECT_EQ(window("abc", 1, 2), "bc");
    EXPECT_EQ(window("abc", 1, 3), "");
    EXPECT_EQ(window("abc", UINT64_MAX, UINT64_MAX), "");
    EXPECT_EQ(number_at("\1\2", 0, 2, ByteOrder::big), 0x102U);
    EXPECT_EQ(number_at("\1\2", 0, 2, ByteOrder::little), 0x201U);
    EXPECT_EQ(number_at("\1\2", 1, 2, ByteOrder::little), std::nullopt);
}

TEST(Executable, ChangedHeadersAreReadWithinTheFile) {
    const auto files = {unpacked_fixture("go-linux-amd64.gz").substr(0, 8192),
                        unpacked_fixture("go-windows-amd64.gz").substr(0, 8192),
                        unpacked_fixture("go-darwin-arm64.gz").substr(0, 8192)};
    for (const auto& file : files) {
        rc::check("every part lies within the file", [&] {
            auto changed = file;
            for (int i = 0; i < 8; ++i) changed[*rc::gen::inRange<std::size_t>(0, 1024)] = *rc::gen::arbitrary<char>();
            const auto program = parse_executable(changed);
            if (!program) return;
            for (const auto& segment : program->segments) {
                RC_ASSERT(segment.bytes.data() >= changed.data());
                RC_ASSERT(segment.bytes.data() + segment.bytes.size() <= changed.data() + changed.size());
            }
        });
    }
}

}  // namespace
}  // namespace berth::inventory
