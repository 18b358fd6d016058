#include "scanning/sbom_attacher.hpp"

#include "testing/manifests.hpp"
#include "testing/world.hpp"

namespace berth::scanning {
namespace {

using testing::repository;
using testing::wait_for;

constexpr std::string_view cyclonedx = "application/vnd.cyclonedx+json";

class SbomsOfScans : public ::testing::Test {
protected:
    SbomsOfScans() {
        world_.create("app");
        inventory_.packages = {{.type = inventory::PackageType::deb, .name = "curl", .version = "7.88.1-10"}};
    }

    ScanTarget push(const std::string& salt = "", const std::string& tag = "") {
        world_.push("app", "config");
        return put(testing::image_of("config", salt), tag);
    }
    ScanTarget put(const std::string& manifest, const std::string& tag = "") {
        registry::NewManifest pushed{.bytes = manifest, .media_type = {}, .expected_digest = {}, .tags = {}};
        if (!tag.empty()) pushed.tags.push_back(testing::tag(tag));
        const auto put = wait_for(world_.images.put(world_.root, app_, std::move(pushed)));
        return {.repository = app_, .digest = put.value().image.digest, .layers = {}};
    }
    void attach(const ScanTarget& target) { wait_for(attacher_.attach(target, inventory_)); }
    std::vector<model::Image> bills(const ScanTarget& target) {
        return wait_for(world_.images.referrers(world_.root, app_, target.digest, std::string(cyclonedx), {}, 100))
            .value();
    }
    std::size_t all_images() { return wait_for(world_.images.page(world_.root, app_, {}, {}, 100)).value().size(); }

    testing::World world_;
    registry::RepositoryRef app_ = repository("app");
    inventory::Inventory inventory_;
    SbomAttacher attacher_{world_.services,
                           *world_.uploads,
                           world_.images,
                           SbomFormat::cyclonedx,
                           [](const auto&) { return std::string("registry.example.org"); },
                           "1"};
};

TEST_F(SbomsOfScans, AnImageHasOneHoweverOftenItIsScanned) {
    const auto target = push();
    attach(target);
    ASSERT_EQ(bills(target).size(), 1);
    EXPECT_EQ(bills(target).front().subject, target.digest);
    // A new name and a better reader would make another bill; the image has one.
    put(testing::image_of("config"), "v1");
    inventory_.packages.front().version = "8";
    attach(target);
    EXPECT_EQ(bills(target).size(), 1);
    EXPECT_EQ(all_images(), 2U);
}

TEST_F(SbomsOfScans, AnotherImageHasItsOwn) {
    const auto first = push("1");
    const auto second = push("2");
    attach(first);
    attach(second);
    EXPECT_EQ(bills(first).size(), 1);
    EXPECT_EQ(bills(second).size(), 1);
}

TEST_F(SbomsOfScans, ABillHasNone) {
    const auto target = push();
    attach(target);
    attach({.repository = app_, .digest = bills(target).front().digest, .layers = {}});
    EXPECT_EQ(all_images(), 2U);
}

TEST_F(SbomsOfScans, NoTagIsNeededSoNoneIsInTheWay) {
    ASSERT_TRUE(wait_for(world_.repositories.set_tag_mutability(
        world_.root, app_, {.value = model::TagMutability::immutable_tags, .exclusions = {}})));
    const auto target = push("", "v1");
    attach(target);
    attach(target);
    EXPECT_EQ(bills(target).size(), 1);
}

TEST_F(SbomsOfScans, WhatWentGetsNone) {
    const auto target = push();
    const model::Reference whole = target.digest;
    ASSERT_TRUE(wait_for(world_.images.remove(world_.root, app_, whole)));
    attach(target);
    EXPECT_TRUE(bills(target).empty());
    EXPECT_EQ(all_images(), 0U);
    attach({.repository = repository("nowhere"), .digest = target.digest, .layers = {}});
}

// The image goes between the look at it and the bill's own transaction.
TEST_F(SbomsOfScans, ABillIsNotPutBesideNothing) {
    const auto target = push();
    const auto image = wait_for(world_.images.describe(world_.root, app_, {{.digest = target.digest, .tag = {}}}))
                           .value()
                           .front()
                           .image;
    const model::Reference whole = target.digest;
    ASSERT_TRUE(wait_for(world_.images.remove(world_.root, app_, whole)));
    const auto attached = wait_for(
        attach_sbom(*world_.uploads, world_.images, world_.root, app_, image, inventory_, {}, SbomFormat::cyclonedx));
    ASSERT_FALSE(attached);
    EXPECT_EQ(attached.error().kind, FaultKind::image_not_found);
    EXPECT_EQ(all_images(), 0U);
}

TEST_F(SbomsOfScans, WhatHindersItIsMadeUpForByTheNextScan) {
    const auto target = push();
    world_.settings.inline_blob_bytes = 0;
    world_.blob_store.fail_on(testing::BlobCall::create, 1, FaultKind::storage_full);
    attach(target);
    EXPECT_TRUE(world_.blob_store.failed(testing::BlobCall::create));
    EXPECT_TRUE(bills(target).empty());
    attach(target);
    EXPECT_EQ(bills(target).size(), 1);
}

}  // namespace
}  // namespace berth::scanning
