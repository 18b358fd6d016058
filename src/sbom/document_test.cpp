#include "sbom/document.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>

namespace berth::sbom {
namespace {

inventory::Package package(std::string name, std::string path) {
    inventory::Package made;
    made.type = inventory::PackageType::npm;
    made.name = std::move(name);
    made.version = "1.0.0";
    made.path = std::move(path);
    return made;
}

TEST(Components, AreOneForEveryPlaceOfAPackage) {
    inventory::Inventory inventory;
    inventory.packages = {package("b", "2"), package("a", "9"), package("b", "1"), package("b", "2")};
    const auto components = components_of(inventory);
    ASSERT_EQ(components.size(), 2U);
    EXPECT_EQ(components[0].purl, "pkg:npm/a@1.0.0");
    EXPECT_EQ(components[1].paths, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(components[1].package.path, "1");
}

TEST(Components, TheOrderOfAnInventoryChangesNothing) {
    rc::check("any order gives the same identity", [] {
        inventory::Inventory inventory;
        for (int i = 0; i < 6; ++i)
            inventory.packages.push_back(package("p" + std::to_string(i % 3), std::to_string(i)));
        const Subject subject = {.name = "a/b", .digest = "sha256:0"};
        const auto before = uuid_of(subject, components_of(inventory));
        const auto a = *rc::gen::inRange<std::size_t>(0, 6);
        const auto b = *rc::gen::inRange<std::size_t>(0, 6);
        std::swap(inventory.packages[a], inventory.packages[b]);
        RC_ASSERT(uuid_of(subject, components_of(inventory)) == before);
    });
}

TEST(Subject, HasAPurlIfItIsAnImage) {
    EXPECT_EQ(purl_of(Subject{.name = "registry.example:5000/team/App", .tag = "1.0", .digest = "sha256:ab"}),
              "pkg:oci/app@sha256:ab?repository_url=registry.example:5000%2Fteam%2FApp&tag=1.0");
    EXPECT_EQ(purl_of(Subject{.name = "app", .digest = "sha256:ab"}), "pkg:oci/app@sha256:ab");
    EXPECT_EQ(purl_of(Subject{.name = "/srv/root"}), "");
}

TEST(Subject, EveryPartOfItChangesTheIdentity) {
    const Subject one = {.name = "a", .tag = "b", .digest = "c", .created_at = 5000, .tool_version = "1"};
    auto moved = one;
    moved.name = "ab";
    moved.tag = "";
    auto later = one;
    later.created_at += 1000;
    EXPECT_NE(uuid_of(one, {}), uuid_of(moved, {}));
    EXPECT_NE(uuid_of(one, {}), uuid_of(later, {}));
    EXPECT_EQ(uuid_of(one, {}), uuid_of(one, {}));
    EXPECT_EQ(uuid_of(one, {})[14], '8');
}

TEST(IsoTime, IsInUtcToTheSecond) {
    EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(iso_time(1'709'210'096'789), "2024-02-29T12:34:56Z");
    EXPECT_EQ(iso_time(-1), "1970-01-01T00:00:00Z");
    EXPECT_EQ(iso_time(std::numeric_limits<std::int64_t>::max()), "9999-12-31T23:59:59Z");
}

TEST(Clean, KeepsUtf8AndReplacesTheRest) {
    for (const std::string_view text : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9A\xA2"}) {
        EXPECT_EQ(clean(text), text);
    }
    const std::string mark = "\xEF\xBF\xBD";
    EXPECT_EQ(clean("a\xFF"), "a" + mark);
    EXPECT_EQ(clean("\xC3"), mark);
    EXPECT_EQ(clean("\xC0\xAF"), mark + mark);
    EXPECT_EQ(clean("\xED\xA0\x80"), mark + mark + mark);
    EXPECT_EQ(clean("\xF4\x90\x80\x80"), mark + mark + mark + mark);
}

}  // namespace
}  // namespace berth::sbom
