#include "registry/tag_mutability.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace berth::registry {
namespace {

TEST(TagMutability, FourValues) {
    using enum model::TagMutability;
    const std::vector<model::TagExclusionFilter> filters{{"dev-*"}, {"latest"}};
    EXPECT_FALSE(is_immutable({.value = mutable_tags, .exclusions = {}}, "latest"));
    EXPECT_TRUE(is_immutable({.value = immutable_tags, .exclusions = {}}, "latest"));
    EXPECT_FALSE(is_immutable({.value = immutable_with_exclusion, .exclusions = filters}, "latest"));
    EXPECT_FALSE(is_immutable({.value = immutable_with_exclusion, .exclusions = filters}, "dev-1"));
    EXPECT_TRUE(is_immutable({.value = immutable_with_exclusion, .exclusions = filters}, "v1"));
    EXPECT_TRUE(is_immutable({.value = mutable_with_exclusion, .exclusions = filters}, "latest"));
    EXPECT_FALSE(is_immutable({.value = mutable_with_exclusion, .exclusions = filters}, "v1"));
}

}  // namespace
}  // namespace berth::registry
