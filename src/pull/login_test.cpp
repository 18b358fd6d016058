#include "pull/login.hpp"

#include "pull/challenge.hpp"

#include <gtest/gtest.h>

namespace berth::pull {
namespace {

TEST(Challenge, HasParametersQuotedOrNot) {
    const auto found = parse_challenge(R"(Bearer realm="https://a/token?x=1,2",Service = b , scope="say \"hi\"")");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->scheme, "bearer");
    EXPECT_EQ(found->parameters, (std::map<std::string, std::string>{
                                     {"realm", "https://a/token?x=1,2"}, {"service", "b"}, {"scope", "say \"hi\""}}));
}

TEST(Challenge, TheFirstOneCounts) {
    const auto found = parse_challenge(R"(Basic realm="x", Bearer realm="y")");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->scheme, "basic");
    EXPECT_EQ(found->parameters.at("realm"), "x");
}

TEST(Challenge, BrokenOnesEnd) {
    EXPECT_FALSE(parse_challenge(""));
    EXPECT_FALSE(parse_challenge(", ,"));
    EXPECT_FALSE(parse_challenge(R"(Bearer realm="never closed)"));
    EXPECT_FALSE(parse_challenge(R"(Bearer realm="\)"));
    EXPECT_EQ(parse_challenge("Bearer =x").value().parameters.size(), 0);
    EXPECT_EQ(parse_challenge("Bearer a=").value().parameters.at("a"), "");
}

// user:pa:ss
constexpr std::string_view config = R"({"auths": {"example.org": {"auth": "dXNlcjpwYTpzcw=="},
    "https://index.docker.io/v1/": {"auth": "aHViOnB3"}, "helped.org": {}, "odd.org": {"auth": "!"}}})";

TEST(Login, IsFoundByHost) {
    const auto found = find_login(config, "example.org");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->user, "user");
    EXPECT_TRUE(found->password.equals("pa:ss"));
    EXPECT_TRUE(found->basic().equals("Basic dXNlcjpwYTpzcw=="));
    EXPECT_EQ(find_login(config, "docker.io").value().user, "hub");
}

TEST(Login, IsNobodysWhereNoneIsKept) {
    for (const auto* host : {"other.org", "helped.org", "odd.org", "example.org:5000", "org"}) {
        EXPECT_FALSE(find_login(config, host)) << host;
    }
    for (const auto* text : {"", "[]", "{", R"({"auths": 1})", R"({"auths": {"example.org": 1}})"}) {
        EXPECT_FALSE(find_login(text, "example.org")) << text;
    }
}

}  // namespace
}  // namespace berth::pull
