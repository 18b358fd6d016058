#include "lifecycle/defaults.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace berth::lifecycle {
namespace {

TEST(Defaults, TheMostSpecificPatternGoverns) {
    const std::vector<std::string_view> patterns{"*", "team/*", "team/web-*", "*/web-ui", "other"};
    EXPECT_EQ(pick_default(patterns, "solo"), 0);
    EXPECT_EQ(pick_default(patterns, "team/api"), 1);
    EXPECT_EQ(pick_default(patterns, "team/web-api"), 2);
    EXPECT_EQ(pick_default(patterns, "team/web-ui"), 2) << "nine literal characters against seven";
    EXPECT_EQ(pick_default(patterns, "x/web-ui"), 3);
    EXPECT_EQ(pick_default(std::span(patterns).subspan(1), "solo"), std::nullopt);
    const std::vector<std::string_view> equal{"b*", "*b", "bb*", "b*b"};
    EXPECT_EQ(pick_default(equal, "bb"), 3) << "of two equally specific ones the first by text: b*b before bb*";
}

TEST(Defaults, TheOwnPolicyWins) {
    const std::vector<std::string_view> patterns{"a*"};
    const std::vector<std::string> defaults{"default"};
    const std::string own = "own";
    EXPECT_EQ(govern<std::string>(&own, patterns, defaults, "app"), &own);
    EXPECT_EQ(govern<std::string>(nullptr, patterns, defaults, "app"), &defaults[0]);
    EXPECT_EQ(govern<std::string>(nullptr, patterns, defaults, "web"), nullptr);
}

}  // namespace
}  // namespace berth::lifecycle
