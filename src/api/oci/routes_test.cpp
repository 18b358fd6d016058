#include "api/oci/routes.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace berth::api::oci {
namespace {

const std::string digest = "sha256:" + std::string(64, 'a');

struct Expected {
    std::string path;
    Pattern pattern;
    std::string repository;
    std::string last;
};
void PrintTo(const Expected& expected, std::ostream* out) {
    *out << expected.path;
}

class Paths : public testing::TestWithParam<Expected> {};

TEST_P(Paths, AreReadFromTheirRightEnd) {
    const auto& expected = GetParam();
    const auto target = match_path(expected.path);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->pattern, expected.pattern);
    EXPECT_EQ(target->repository, expected.repository);
    EXPECT_EQ(target->last, expected.last);
}

INSTANTIATE_TEST_SUITE_P(
    Routes, Paths,
    testing::Values(Expected{"/v2/", Pattern::base, "", ""}, Expected{"/v2", Pattern::base, "", ""},
                    Expected{"/v2/_catalog", Pattern::catalog, "", ""},
                    Expected{"/v2/a/b/c/tags/list", Pattern::tag_list, "a/b/c", ""},
                    Expected{"/v2/a/b/manifests/latest", Pattern::manifest, "a/b", "latest"},
                    Expected{"/v2/app/blobs/" + digest, Pattern::blob, "app", digest},
                    Expected{"/v2/app/blobs/uploads/", Pattern::uploads, "app", ""},
                    Expected{"/v2/app/blobs/uploads", Pattern::uploads, "app", ""},
                    Expected{"/v2/app/blobs/uploads/some-id", Pattern::upload, "app", "some-id"},
                    Expected{"/v2/app/referrers/" + digest, Pattern::referrers, "app", digest},
                    // names that look like the fixed words
                    Expected{"/v2/manifests/blobs/tags/list", Pattern::tag_list, "manifests/blobs", ""},
                    Expected{"/v2/x/blobs/uploads/manifests/v1", Pattern::manifest, "x/blobs/uploads", "v1"},
                    Expected{"/v2/tags/list/tags/list", Pattern::tag_list, "tags/list", ""}));

TEST(Routes, OtherPathsAreNone) {
    for (const auto* path : {"", "/", "/v1/", "/v2x", "/v2x/a/tags/list", "/v2/a", "/v2/a/b", "/v2/a/tags/other",
                             "/v2/a/manifests/", "/v2/tags/list", "/v2/manifests/latest"}) {
        const auto target = match_path(path);
        EXPECT_TRUE(!target || target->repository.empty()) << path;
        EXPECT_TRUE(!target || !model::RepositoryName::parse(target->repository)) << path;
    }
}

TEST(Routes, HeadGoesWhereGetGoes) {
    for (const auto& route : routes) {
        if (route.method != http::Method::get) continue;
        EXPECT_EQ(find_action(http::Method::head, route.pattern), route.action);
    }
    EXPECT_FALSE(find_action(http::Method::post, Pattern::manifest));
    EXPECT_FALSE(find_action(http::Method::other, Pattern::base));
}

TEST(Routes, AllowNamesEveryMethod) {
    EXPECT_EQ(allowed_methods(Pattern::manifest), "GET, HEAD, PUT, DELETE");
    EXPECT_EQ(allowed_methods(Pattern::uploads), "POST");
    EXPECT_EQ(allowed_methods(Pattern::upload), "GET, HEAD, PATCH, PUT, DELETE");
}

TEST(Routes, ReferencesAreTagsOrDigests) {
    EXPECT_TRUE(std::holds_alternative<model::Tag>(*parse_reference("v1.0_x-y")));
    EXPECT_TRUE(std::holds_alternative<model::Digest>(*parse_reference(digest)));
    EXPECT_EQ(parse_reference("sha256:baddigeststring").error().kind, FaultKind::invalid_digest);
    EXPECT_EQ(parse_reference("md5:00").error().kind, FaultKind::invalid_digest);
    EXPECT_EQ(parse_reference(".hidden").error().kind, FaultKind::invalid_reference);
    EXPECT_EQ(parse_reference(std::string(129, 'a')).error().kind, FaultKind::invalid_reference);
}

}  // namespace
}  // namespace berth::api::oci
