#include "scan/minor_release.hpp"

#include <gtest/gtest.h>

namespace berth::scan {
namespace {

TEST(MinorRelease, StandsInTheRelease) {
    EXPECT_EQ(minor_release_in("0:7.76.1-23.el9_2.4"), "el9_2");
    EXPECT_EQ(minor_release_in("5.14.0-284.30.1.el9_2"), "el9_2");
    EXPECT_EQ(minor_release_in("1-2.el8_10.1"), "el8_10");
    EXPECT_EQ(minor_release_in("1.el9_1-2.el9_2"), "el9_2");
}

TEST(MinorRelease, IsNotInEveryRelease) {
    for (const auto* version : {"", "1-2", "1-2.el9", "1-2.el9_", "1-2.el_2", "1-2.elx", "1-2.module+el8.9.0+1+2",
                                "1-2.module_el8.9.0+1", "1-2.amzn2023.0.1"})
        EXPECT_EQ(minor_release_in(version), "") << version;
}

}  // namespace
}  // namespace berth::scan
