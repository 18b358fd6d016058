// An image in the archive is like no image to whoever pulls, and comes back by request or by being pushed again.
#include "registry/storage_classes.hpp"

#include "registry/events.hpp"
#include "testing/manifests.hpp"
#include "testing/world.hpp"

namespace berth::registry {
namespace {

using namespace std::chrono_literals;
using model::ImageStatus;
using testing::digest;
using testing::image_of;
using testing::index_of;
using testing::repository;
using testing::tag;
using testing::wait_for;

class StorageClassesTest : public ::testing::Test {
protected:
    StorageClassesTest() {
        app_row_ = world_.create("app").id;
        world_.push("app", "config");
        put(image_, {"v1"});
    }
    Result<PutImageOutcome> put(const std::string& bytes, const std::vector<std::string>& tags = {}) {
        NewManifest manifest{.bytes = bytes, .media_type = {}, .expected_digest = {}, .tags = {}};
        for (const auto& text : tags) manifest.tags.push_back(tag(text));
        return wait_for(world_.images.put(world_.root, app_, manifest));
    }
    Result<model::Image> update(const std::string& bytes, StorageClass target) {
        return wait_for(
            world_.storage_classes.update(world_.root, app_, {.digest = digest(bytes), .tag = std::nullopt}, target));
    }
    model::Image image(const std::string& bytes) {
        return world_.look([&](store::Transaction& tx) { return tx.images().find(app_row_, digest(bytes)); }).value();
    }
    // Everything a client can try: the manifest by tag and by digest, BatchGetImage, the blob, its link, the tag list.
    bool can_be_pulled() {
        int ways = 0;
        const model::Reference by_tag = tag("v1");
        const model::Reference by_digest = digest(image_);
        for (const auto& reference : {by_tag, by_digest}) {
            ways += wait_for(world_.images.get(world_.root, app_, reference, Images::Pull::yes)).has_value() ? 1 : 0;
        }
        const auto batch =
            wait_for(world_.images.get_batch(world_.root, app_, {{.digest = digest(image_), .tag = std::nullopt}}, {}));
        ways += std::holds_alternative<std::vector<FoundImage>>(batch.value().at(0)) ? 1 : 0;
        ways += world_.pull("app", digest("config")).has_value() ? 1 : 0;
        ways += wait_for(world_.blobs.stat(world_.root, app_, digest("config"))).has_value() ? 1 : 0;
        ways += wait_for(world_.blobs.downloadable(world_.root, app_, digest("config"))).has_value() ? 1 : 0;
        const auto tags = wait_for(world_.images.tag_page(world_.root, app_, "", ReadCache::max_tag_page));
        ways += (*tags.value()).empty() ? 0 : 1;
        EXPECT_TRUE(ways == 0 || ways == 7) << ways << " of 7 ways are open";
        return ways == 7;
    }
    bool layer_is_archived() {
        return wait_for(world_.blobs.availability(world_.root, app_, {digest("config")})).value().at(0).archived;
    }
    std::size_t listed(std::optional<ImageStatus> status) {
        const store::ImageFilter filter{.tag_status = store::TagStatusFilter::any, .status = status};
        return wait_for(world_.images.page(world_.root, app_, filter, "", 10)).value().size();
    }
    std::vector<std::string> events() {
        std::vector<std::string> kinds;
        for (const auto& one : world_.look([](store::Transaction& tx) { return tx.outbox().page(0, 100); })) {
            if (one.kind.starts_with("image.")) kinds.push_back(one.kind);
        }
        return kinds;
    }

    testing::World world_;
    const RepositoryRef app_ = repository("app");
    const std::string image_ = image_of("config", "one");
    model::RepositoryId app_row_{};
};

TEST_F(StorageClassesTest, AnArchivedImageCannotBePulledAndIsListedOnRequest) {
    EXPECT_TRUE(can_be_pulled());  // and is in every cache now
    EXPECT_EQ(update(image_, StorageClass::archive).value().status, ImageStatus::archived);
    EXPECT_FALSE(can_be_pulled());
    EXPECT_TRUE(layer_is_archived());
    EXPECT_EQ(listed(ImageStatus::active), 0U);
    EXPECT_EQ(listed(ImageStatus::archived), 1U);
    const auto described =
        wait_for(world_.images.describe(world_.root, app_, {{.digest = std::nullopt, .tag = tag("v1")}})).value();
    EXPECT_EQ(described.at(0).image.status, ImageStatus::archived);
    EXPECT_EQ(described.at(0).image.last_archived_at, world_.clock.now());
    EXPECT_EQ(wait_for(world_.blobs.downloadable(world_.root, app_, digest("config"))).error().kind,
              FaultKind::layer_inaccessible);
}

TEST_F(StorageClassesTest, ALayerThatAnActiveImageSharesStaysAvailable) {
    ASSERT_TRUE(put(image_of("config", "two"), {"v2"}));
    ASSERT_TRUE(update(image_, StorageClass::archive));
    EXPECT_FALSE(layer_is_archived());
    EXPECT_TRUE(world_.pull("app", digest("config")));
}

TEST_F(StorageClassesTest, RestoringTakesAWhile) {
    ASSERT_TRUE(update(image_, StorageClass::archive));
    EXPECT_EQ(update(image_, StorageClass::standard).value().status, ImageStatus::activating);
    EXPECT_FALSE(can_be_pulled());
    world_.clock.advance(5s);
    ASSERT_TRUE(wait_for(world_.storage_classes.activate(image(image_).id)));
    EXPECT_EQ(image(image_).status, ImageStatus::active);
    EXPECT_EQ(image(image_).last_activated_at, world_.clock.now());
    EXPECT_TRUE(can_be_pulled());
    EXPECT_FALSE(layer_is_archived());
    ASSERT_TRUE(wait_for(world_.storage_classes.activate(image(image_).id)));  // twice is once
    EXPECT_EQ(events(), (std::vector<std::string>{"image.push", "image.archive", "image.activate"}));
}

TEST_F(StorageClassesTest, TheWrongStateIsRefused) {
    const auto refused = [&](StorageClass target) {
        const auto done = update(image_, target);
        return !done && done.error().kind == FaultKind::storage_class_fixed;
    };
    EXPECT_TRUE(refused(StorageClass::standard));
    ASSERT_TRUE(update(image_, StorageClass::archive));
    EXPECT_TRUE(refused(StorageClass::archive));
    ASSERT_TRUE(update(image_, StorageClass::standard));
    EXPECT_TRUE(refused(StorageClass::archive));
    EXPECT_TRUE(refused(StorageClass::standard));
    EXPECT_EQ(update("no such image", StorageClass::archive).error().kind, FaultKind::image_not_found);
    world_.authorizer.deny(iam::action::update_image_storage_class, "app");
    EXPECT_EQ(update(image_, StorageClass::standard).error().kind, FaultKind::access_denied);
}

TEST_F(StorageClassesTest, AChildIsArchivedAfterItsIndex) {
    const auto index = index_of({image_});
    ASSERT_TRUE(put(index, {"multi"}));
    EXPECT_EQ(update(image_, StorageClass::archive).error().kind, FaultKind::storage_class_fixed);
    ASSERT_TRUE(update(index, StorageClass::archive));
    EXPECT_EQ(image(image_).status, ImageStatus::active);
    EXPECT_TRUE(update(image_, StorageClass::archive));
}

TEST_F(StorageClassesTest, PushingItAgainBringsItBackAtOnce) {
    for (const auto target : {StorageClass::archive, StorageClass::standard}) {
        ASSERT_TRUE(update(image_, StorageClass::archive));
        if (target == StorageClass::standard) {
            ASSERT_TRUE(update(image_, StorageClass::standard));
        }
        world_.clock.advance(1h);
        const auto again = put(image_, {"v1"});  // the ECR API: of an active image this is an error
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(image(image_).status, ImageStatus::active);
        EXPECT_EQ(image(image_).last_activated_at, world_.clock.now());
        EXPECT_TRUE(can_be_pulled());
        EXPECT_EQ(put(image_, {"v1"}).error().kind, FaultKind::image_exists);
    }
}

TEST_F(StorageClassesTest, AnArchivedImageCanBeDeleted) {
    ASSERT_TRUE(update(image_, StorageClass::archive));
    const auto id = image(image_).id;
    ASSERT_TRUE(update(image_, StorageClass::standard));
    ASSERT_TRUE(wait_for(world_.images.remove(world_.root, app_, digest(image_))));
    ASSERT_TRUE(wait_for(world_.storage_classes.activate(id)));  // its job comes too late
    EXPECT_EQ(listed(std::nullopt), 0U);
}

}  // namespace
}  // namespace berth::registry
