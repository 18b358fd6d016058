#include "registry/uploads.hpp"
#include "testing/world.hpp"

namespace berth::registry {
namespace {

using testing::content;
using testing::name;
using testing::repository;
using testing::wait_for;

class MountTest : public ::testing::Test {
protected:
    MountTest() {
        world_.create("source");
        world_.create("target");
    }
    Result<std::optional<model::Blob>> mount(const model::Digest& digest, std::optional<std::string_view> from) {
        std::optional<model::RepositoryName> source;
        if (from) source = name(*from);
        return wait_for(world_.uploads->mount(world_.root, repository("target"), digest, source));
    }
    bool has(std::string_view in, const model::Digest& digest) {
        const auto where = repository(in);
        return wait_for(world_.blobs.stat(world_.root, where, digest)).has_value();
    }

    testing::World world_;
};

TEST_F(MountTest, ABlobBecomesPartOfTheTargetWithoutBytes) {
    for (const std::size_t size : {0U, 100U, 100'000U}) {
        const auto bytes = content(size);
        const auto digest = world_.push("source", bytes);
        const auto files = world_.files();
        const auto mounted = mount(digest, "source");
        ASSERT_TRUE(mounted && *mounted);
        EXPECT_EQ((*mounted)->size, size);
        EXPECT_TRUE(world_.pull("target", digest) == bytes);
        EXPECT_EQ(world_.files(), files);
        // It stays when the source goes.
        ASSERT_TRUE(wait_for(world_.blobs.remove(world_.root, repository("source"), digest)));
        EXPECT_FALSE(has("source", digest));
        EXPECT_TRUE(world_.pull("target", digest) == bytes);
    }
}

TEST_F(MountTest, WithoutASourceAnyReadableRepositoryWillDo) {
    const auto digest = world_.push("source", "bytes");
    const auto mounted = mount(digest, std::nullopt);
    ASSERT_TRUE(mounted && *mounted);
    EXPECT_TRUE(has("target", digest));
}

TEST_F(MountTest, NothingToMountIsNoFault) {
    const auto digest = testing::digest("nowhere");
    for (const auto from : {std::optional<std::string_view>(), std::optional<std::string_view>("source"),
                            std::optional<std::string_view>("missing")}) {
        const auto mounted = mount(digest, from);
        ASSERT_TRUE(mounted);
        EXPECT_FALSE(*mounted);
    }
    EXPECT_FALSE(has("target", digest));
}

TEST_F(MountTest, WithoutRightsOnTheSourceThereIsNothing) {
    const auto digest = world_.push("source", "secret");
    world_.authorizer.deny(iam::action::get_download_url_for_layer, "source");
    for (const auto from : {std::optional<std::string_view>(), std::optional<std::string_view>("source")}) {
        const auto mounted = mount(digest, from);
        ASSERT_TRUE(mounted);
        EXPECT_FALSE(*mounted);
        EXPECT_FALSE(has("target", digest));
    }
    // Another holder that may be read is found past the one that may not.
    world_.create("open");
    world_.push("open", "secret");
    const auto mounted = mount(digest, std::nullopt);
    ASSERT_TRUE(mounted && *mounted);
}

TEST_F(MountTest, AsksForTheRightToPush) {
    const auto digest = world_.push("source", "bytes");
    world_.authorizer.deny(iam::action::initiate_layer_upload, "target");
    EXPECT_EQ(mount(digest, "source").error().kind, FaultKind::access_denied);
}

TEST_F(MountTest, CanBeTurnedOff) {
    const auto digest = world_.push("source", "bytes");
    world_.settings.blob_mounting = false;
    const auto mounted = mount(digest, "source");
    ASSERT_TRUE(mounted);
    EXPECT_FALSE(*mounted);
    EXPECT_FALSE(has("target", digest));
}

TEST_F(MountTest, AMissingTargetIsAFault) {
    const auto digest = world_.push("source", "bytes");
    ASSERT_TRUE(wait_for(world_.repositories.remove(world_.root, repository("target"), Contents::must_be_empty)));
    EXPECT_EQ(mount(digest, "source").error().kind, FaultKind::repository_not_found);
}

}  // namespace
}  // namespace berth::registry
