#include "oci/accept.hpp"

#include "oci/media_type.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace berth::oci {
namespace {

constexpr std::string_view type = "application/vnd.oci.image.manifest.v1+json";

bool takes(std::vector<std::string_view> headers) {
    return accepts(headers, type);
}

TEST(Accept, WithoutAHeaderEverythingIsTaken) {
    EXPECT_TRUE(takes({}));
    EXPECT_TRUE(takes({""}));
    EXPECT_TRUE(takes({" , "}));
}

TEST(Accept, FindsTheTypeInListsAndRepeatedHeaders) {
    EXPECT_TRUE(takes({"application/vnd.oci.image.manifest.v1+json"}));
    EXPECT_TRUE(takes({"text/html, application/vnd.oci.image.manifest.v1+json;q=0.5"}));
    EXPECT_TRUE(takes({"text/html", "Application/VND.oci.image.manifest.v1+JSON"}));
    EXPECT_FALSE(takes({"application/vnd.docker.distribution.manifest.v2+json"}));
    EXPECT_FALSE(takes({"application/vnd.oci.image.manifest.v1"}));
}

TEST(Accept, KnowsWildcards) {
    EXPECT_TRUE(takes({"*/*"}));
    EXPECT_TRUE(takes({"text/html, application/*"}));
    EXPECT_FALSE(takes({"text/*"}));
}

TEST(Accept, TheMostSpecificRangeDecides) {
    EXPECT_FALSE(takes({"application/vnd.oci.image.manifest.v1+json;q=0, */*"}));
    EXPECT_FALSE(takes({"*/*", "application/*; q=0.000"}));
    EXPECT_TRUE(takes({"application/*;q=0", "application/vnd.oci.image.manifest.v1+json"}));
    EXPECT_TRUE(takes({"*/*;q=0.001"}));
}

TEST(MediaType, IsComparedWithoutCaseAndParameters) {
    EXPECT_EQ(normalised_media_type("  Application/JSON ; charset=utf-8"), "application/json");
    EXPECT_EQ(normalised_media_type(" ; x"), "");
}

}  // namespace
}  // namespace berth::oci
