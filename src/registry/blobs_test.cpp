#include "registry/blobs.hpp"

#include "model/media_types.hpp"
#include "testing/world.hpp"

namespace berth::registry {
namespace {

using testing::content;
using testing::digest;
using testing::repository;
using testing::tag;
using testing::wait_for;

class BlobsTest : public ::testing::Test {
protected:
    BlobsTest() { world_.create("app"); }

    // An image of these two blobs.
    void push_image(const std::string& config, const std::string& layer) {
        world_.push("app", config);
        world_.push("app", layer);
        const auto descriptor = [](std::string_view type, const std::string& bytes) {
            return R"({"mediaType":")" + std::string(type) + R"(","digest":")" + digest(bytes).text() + R"(","size":)" +
                   std::to_string(bytes.size()) + "}";
        };
        NewManifest manifest;
        manifest.bytes = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" +
                         descriptor("application/vnd.oci.image.config.v1+json", config) + R"(,"layers":[)" +
                         descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer) + "]}";
        manifest.tags = {tag("latest")};
        ASSERT_TRUE(wait_for(world_.images.put(world_.root, app_, manifest)));
    }

    testing::World world_;
    const RepositoryRef app_ = repository("app");
};

TEST_F(BlobsTest, StatAndAvailabilityTellWhatIsThere) {
    const auto there = world_.push("app", content(1000));
    const auto missing = digest("missing");
    EXPECT_EQ(wait_for(world_.blobs.stat(world_.root, app_, there)).value().size, 1000);
    EXPECT_EQ(wait_for(world_.blobs.stat(world_.root, app_, missing)).error().kind, FaultKind::blob_not_found);
    const auto layers = wait_for(world_.blobs.availability(world_.root, app_, {missing, there})).value();
    ASSERT_EQ(layers.size(), 2);
    EXPECT_EQ(layers[0].size, std::nullopt);
    EXPECT_EQ(layers[1].size, 1000);
}

TEST_F(BlobsTest, ABlobOfAnotherRepositoryIsNotThere) {
    world_.create("other");
    const auto there = world_.push("other", "bytes");
    EXPECT_EQ(world_.pull("app", there).error().kind, FaultKind::blob_not_found);
}

TEST_F(BlobsTest, RemovedMeansGoneAtOnceAndPushedAgainMeansThereAtOnce) {
    for (const std::size_t size : {10U, 100'000U}) {
        const auto bytes = content(size);
        for (int i = 0; i < 3; ++i) {
            const auto id = world_.push("app", bytes);
            EXPECT_TRUE(world_.pull("app", id) == bytes);
            ASSERT_TRUE(wait_for(world_.blobs.remove(world_.root, app_, id)));
            EXPECT_EQ(world_.pull("app", id).error().kind, FaultKind::blob_not_found);
            EXPECT_EQ(wait_for(world_.blobs.remove(world_.root, app_, id)).error().kind, FaultKind::blob_not_found);
        }
    }
}

TEST_F(BlobsTest, WhatAnImageNamesStays) {
    push_image("config", "layer");
    EXPECT_EQ(wait_for(world_.blobs.remove(world_.root, app_, digest("layer"))).error().kind,
              FaultKind::blob_referenced);
    EXPECT_TRUE(world_.pull("app", digest("layer")) == "layer");
    ASSERT_TRUE(wait_for(world_.images.remove_batch(world_.root, app_, {{.digest = std::nullopt, .tag = tag("latest")}},
                                                    LastTag::takes_the_image)));
    EXPECT_TRUE(wait_for(world_.blobs.remove(world_.root, app_, digest("layer"))));
}

TEST_F(BlobsTest, OnlyLayersOfImagesHaveDownloadLinks) {
    const auto loose = world_.push("app", "loose");
    EXPECT_EQ(wait_for(world_.blobs.downloadable(world_.root, app_, loose)).error().kind,
              FaultKind::layer_inaccessible);
    EXPECT_EQ(wait_for(world_.blobs.downloadable(world_.root, app_, digest("missing"))).error().kind,
              FaultKind::blob_not_found);
    push_image("config", "layer");
    EXPECT_EQ(wait_for(world_.blobs.downloadable(world_.root, app_, digest("layer"))).value().size, 5);
}

TEST_F(BlobsTest, AsksForRights) {
    const auto there = world_.push("app", "bytes");
    world_.authorizer.deny(iam::action::get_download_url_for_layer, "app");
    EXPECT_EQ(world_.pull("app", there).error().kind, FaultKind::access_denied);
    world_.authorizer.deny(iam::action::batch_check_layer_availability, "app");
    EXPECT_EQ(wait_for(world_.blobs.stat(world_.root, app_, there)).error().kind, FaultKind::access_denied);
    world_.authorizer.deny(iam::action::batch_delete_image, "app");
    EXPECT_EQ(wait_for(world_.blobs.remove(world_.root, app_, there)).error().kind, FaultKind::access_denied);
}

}  // namespace
}  // namespace berth::registry
