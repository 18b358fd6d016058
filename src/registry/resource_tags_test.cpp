#include "registry/resource_tags.hpp"

#include <gtest/gtest.h>

namespace berth::registry {
namespace {

using Tags = std::vector<model::ResourceTag>;

FaultKind refused(const Tags& present, const Tags& added) {
    const auto merged = merge_resource_tags(present, added);
    return merged ? FaultKind::internal : merged.error().kind;
}

TEST(ResourceTags, AddsAndOverwrites) {
    const auto merged = merge_resource_tags({{"env", "dev"}, {"team", "a"}}, Tags{{"env", "prod"}, {"cost", ""}});
    ASSERT_TRUE(merged);
    EXPECT_EQ(*merged, (Tags{{"env", "prod"}, {"team", "a"}, {"cost", ""}}));
}

TEST(ResourceTags, RefusesBadOnes) {
    using enum FaultKind;
    for (const auto& bad : Tags{{"", "x"},
                                {"aws:x", "y"},
                                {"AWS:x", "y"},
                                {"a;b", "y"},
                                {"a", "b\n"},
                                {"a", "\xFF"},
                                {std::string(129, 'k'), ""},
                                {"k", std::string(257, 'v')}}) {
        EXPECT_EQ(refused({}, {bad}), invalid_tag_parameter) << bad.key << "=" << bad.value;
    }
    EXPECT_EQ(refused({}, {{"a", "1"}, {"a", "2"}}), invalid_tag_parameter);
    EXPECT_TRUE(merge_resource_tags({}, Tags{{std::string(128, 'k'), std::string(256, 'v')}}));
    EXPECT_TRUE(merge_resource_tags({}, Tags{{"K\xC3\xA4se +-=._:/@", "1"}}));
}

TEST(ResourceTags, FiftyAtMostAfterTheMerge) {
    Tags present;
    for (int i = 0; i < 50; ++i) present.push_back({"k" + std::to_string(i), ""});
    EXPECT_TRUE(merge_resource_tags(present, Tags{{"k1", "again"}}));
    EXPECT_EQ(refused(present, {{"one more", ""}}), FaultKind::too_many_tags);
}

}  // namespace
}  // namespace berth::registry
