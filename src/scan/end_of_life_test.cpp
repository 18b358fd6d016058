#include "scan/end_of_life.hpp"

#include <gtest/gtest.h>

namespace berth::scan {
namespace {

using namespace std::chrono;

TEST(EndOfLife, CountsWhatEverybodyGets) {
    EXPECT_EQ(end_of_life({.ecosystem = "Debian", .release = "12"}), 2028y / June / 30);      // with LTS
    EXPECT_EQ(end_of_life({.ecosystem = "Ubuntu", .release = "22.04"}), 2027y / June / 1);    // without Ubuntu Pro
    EXPECT_EQ(end_of_life({.ecosystem = "Red Hat", .release = "7"}), 2024y / June / 30);      // without ELS
    EXPECT_EQ(end_of_life({.ecosystem = "SUSE", .release = "15.4"}), 2023y / December / 31);  // without LTSS
}

TEST(EndOfLife, KnowsNoEndOfWhatHasNone) {
    EXPECT_FALSE(end_of_life({.ecosystem = "Alpine", .release = "edge"}));
    EXPECT_FALSE(end_of_life({.ecosystem = "Wolfi", .release = ""}));
    EXPECT_FALSE(end_of_life({.ecosystem = "openSUSE", .release = "tumbleweed"}));
}

}  // namespace
}  // namespace berth::scan
