#include "scanning/scan_notes.hpp"

#include <gtest/gtest.h>

namespace berth::scanning {
namespace {

TEST(ScanNotes, AreOneTextWithEachOfThemOnce) {
    EXPECT_EQ(summary_of({}), "");
    EXPECT_EQ(summary_of({"One thing."}), "One thing.");
    EXPECT_EQ(summary_of({"a is broken", "A sentence.", "a is broken", "b too"}), "a is broken; A sentence. b too");
}

TEST(ScanNotes, WhatAnImageSaysCannotBreakThem) {
    EXPECT_EQ(summary_of({"pack\x1b[31mage\xff\n2", "\x07"}), "pack[31mage\xEF\xBF\xBD 2");
}

TEST(ScanNotes, AreShortHoweverManyAndLongTheyAre) {
    std::vector<std::string> notes;
    for (int i = 0; i < 100; ++i) notes.push_back(std::to_string(i) + std::string(1'000, 'x'));
    const auto text = summary_of(notes);
    EXPECT_LT(text.size(), 1000U);
    EXPECT_TRUE(text.ends_with("; and 98 more")) << text;
}

}  // namespace
}  // namespace berth::scanning
