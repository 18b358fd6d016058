#include "pull/reference.hpp"

#include <gtest/gtest.h>

namespace berth::pull {
namespace {

const std::string digest = "sha256:" + std::string(64, '0');

TEST(Reference, APartWithADotOrAPortIsAHost) {
    EXPECT_EQ(parse_reference("registry.example.org:5000/team/app:v1").value(),
              (Reference{.host = "registry.example.org:5000", .repository = "team/app", .tag = "v1", .digest = ""}));
    EXPECT_EQ(parse_reference("localhost/app").value(),
              (Reference{.host = "localhost", .repository = "app", .tag = "latest", .digest = ""}));
    EXPECT_EQ(parse_reference("docker://localhost:5000/app@" + digest).value(),
              (Reference{.host = "localhost:5000", .repository = "app", .tag = "", .digest = digest}));
}

TEST(Reference, ANameWithoutAHostIsDockerHubs) {
    EXPECT_EQ(parse_reference("debian:12").value(),
              (Reference{.host = "docker.io", .repository = "library/debian", .tag = "12", .digest = ""}));
    EXPECT_EQ(parse_reference("grafana/grafana").value(),
              (Reference{.host = "docker.io", .repository = "grafana/grafana", .tag = "latest", .digest = ""}));
    EXPECT_EQ(base_url(parse_reference("debian").value(), false), "https://registry-1.docker.io");
}

TEST(Reference, ADigestCountsBeforeATag) {
    const auto both = parse_reference("example.org/app:v1@" + digest).value();
    EXPECT_EQ(both.tag, "v1");
    EXPECT_EQ(both.wanted(), digest);
    EXPECT_EQ(both.name(), "example.org/app");
}

TEST(Reference, NothingLeavesThePathOfTheUrl) {
    for (const auto* bad :
         {"", ":", "@", "example.org/", "example.org/../x", "example.org/a//b", "example.org/a?b", "example.org/a#b",
          "example.org/A", "example.org/a:", "example.org/a:b/c:", "example.org/a@sha256:0", "example.org/a%2e",
          "user@example.org/a", "a b", "example.org/a:t g", "http://example.org/a", "example.org/a/.b"}) {
        EXPECT_FALSE(parse_reference(bad)) << bad;
    }
    EXPECT_FALSE(parse_reference(std::string(100'000, 'a')));
}

TEST(Reference, PlainHttpIsForThisMachineAlone) {
    const auto url = [](std::string_view text) { return base_url(parse_reference(text).value(), false); };
    EXPECT_EQ(url("localhost:5000/a"), "http://localhost:5000");
    EXPECT_EQ(url("127.0.0.1/a"), "http://127.0.0.1");
    EXPECT_EQ(url("[::1]:5000/a"), "http://[::1]:5000");
    EXPECT_EQ(url("123456789012.dkr.ecr.eu-west-1.localhost:5000/a"),
              "http://123456789012.dkr.ecr.eu-west-1.localhost:5000");
    EXPECT_EQ(url("localhost.example.org/a"), "https://localhost.example.org");
    EXPECT_EQ(url("127.0.0.1.example.org/a"), "https://127.0.0.1.example.org");
    EXPECT_EQ(base_url(parse_reference("registry.lan/a").value(), true), "http://registry.lan");
}

}  // namespace
}  // namespace berth::pull
