// When blobs that no image needs go, and what keeps them.
#include "registry/collector.hpp"

#include "testing/manifests.hpp"
#include "testing/world.hpp"

namespace berth::registry {
namespace {

using namespace std::chrono_literals;
using testing::Body;
using testing::content;
using testing::digest;
using testing::manifest_of;
using testing::repository;
using testing::tag;
using testing::wait_for;

constexpr std::chrono::milliseconds grace = 1h;
constexpr auto longest = grace + grace / 4;  // after the last promise a blob is gone then

class CollectorTest : public ::testing::Test {
protected:
    CollectorTest() {
        world_.settings.blob_grace = grace;
        world_.settings.recycle_bin = 0s;
        world_.create("app");
    }

    std::size_t collect() { return wait_for(world_.collector.collect(1000)).value(); }
    bool head(std::string_view in, const std::string& bytes) {
        const auto where = repository(in);
        return wait_for(world_.blobs.stat(world_.root, where, digest(bytes))).has_value();
    }
    // Without asking: asking keeps it.
    bool there(const std::string& bytes) {
        return world_.look([&](store::Transaction& tx) { return tx.blobs().find(digest(bytes)).has_value(); });
    }
    Result<PutImageOutcome> put(const std::string& manifest, std::string_view name = "latest") {
        NewManifest added;
        added.bytes = manifest;
        added.tags = {tag(name)};
        return wait_for(world_.images.put(world_.root, app_, added));
    }
    void remove(std::string_view name) {
        const std::vector<model::ImageIdentifier> ids = {{.digest = std::nullopt, .tag = tag(name)}};
        ASSERT_TRUE(wait_for(world_.images.remove_batch(world_.root, app_, ids, LastTag::takes_the_image)));
    }
    std::uint64_t writes() { return world_.metadata->statistics().writes; }

    testing::World world_;
    const RepositoryRef app_ = repository("app");
    const std::string small_ = "config";
    const std::string large_ = content(100'000);
};

TEST_F(CollectorTest, AnUploadWithoutAnImageGoesAfterItsGrace) {
    world_.push("app", small_);
    world_.push("app", large_);
    EXPECT_EQ(world_.files().size(), 1);
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 0);
    EXPECT_TRUE(there(small_) && there(large_));
    world_.clock.advance(grace / 4);
    EXPECT_EQ(collect(), 2);
    EXPECT_FALSE(head("app", small_));
    EXPECT_FALSE(head("app", large_));
    EXPECT_TRUE(world_.files().empty());
    EXPECT_EQ(world_.discarded_keys(), 0);
    const auto numbers = world_.collector.statistics();
    EXPECT_EQ(numbers.reviewed, 2);
    EXPECT_EQ(numbers.removed_blobs, 2);
    EXPECT_EQ(numbers.removed_bytes, small_.size() + large_.size());
    EXPECT_EQ(collect(), 0);
}

TEST_F(CollectorTest, WhatAnImageNeedsStaysUntilItGoes) {
    world_.push("app", small_);
    world_.push("app", large_);
    ASSERT_TRUE(put(manifest_of(small_, {large_})));
    world_.clock.advance(10 * longest);
    EXPECT_EQ(collect(), 2);  // looked at, and out of the queue
    EXPECT_EQ(collect(), 0);
    EXPECT_TRUE(world_.pull("app", digest(large_)) == large_);
    remove("latest");
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 0);
    EXPECT_TRUE(there(large_));
    world_.clock.advance(grace / 4);
    EXPECT_EQ(collect(), 2);
    EXPECT_EQ(world_.pull("app", digest(large_)).error().kind, FaultKind::blob_not_found);
    EXPECT_TRUE(world_.files().empty());
}

TEST_F(CollectorTest, WhatTheRecycleBinKeepsHasItsGraceAfterwards) {
    world_.settings.recycle_bin = 10 * longest;
    world_.push("app", large_);
    ASSERT_TRUE(put(manifest_of(large_, {})));
    remove("latest");
    world_.clock.advance(9 * longest);
    collect();
    EXPECT_TRUE(there(large_));
    world_.clock.advance(longest + 1ms);
    EXPECT_EQ(wait_for(world_.bin.empty(10)).value(), 1U);
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 0);
    EXPECT_TRUE(there(large_));
    world_.clock.advance(grace / 4);
    EXPECT_EQ(collect(), 1);
    EXPECT_TRUE(world_.files().empty());
}

TEST_F(CollectorTest, ABlobOfTwoImagesGoesWithTheSecond) {
    world_.push("app", small_);
    ASSERT_TRUE(put(manifest_of(small_, {}, "1"), "one"));
    ASSERT_TRUE(put(manifest_of(small_, {}, "2"), "two"));
    remove("one");
    world_.clock.advance(longest);
    collect();
    EXPECT_TRUE(head("app", small_));
    remove("two");
    world_.clock.advance(longest);
    collect();
    EXPECT_FALSE(head("app", small_));
}

TEST_F(CollectorTest, AClientThatIsToldItIsHereHasTheWholeGrace) {
    world_.push("app", small_);
    world_.clock.advance(longest - 1ms);
    EXPECT_TRUE(head("app", small_));
    world_.clock.advance(grace);
    collect();
    EXPECT_TRUE(put(manifest_of(small_, {})));
}

TEST_F(CollectorTest, SoHasOneThatIsToldFromMemoryAfterTheImageWent) {
    world_.push("app", small_);
    ASSERT_TRUE(put(manifest_of(small_, {})));
    world_.clock.advance(longest);
    collect();
    ASSERT_TRUE(head("app", small_));  // from now on memory has it, as one that an image needs
    remove("latest");
    world_.clock.advance(longest - 1ms);
    EXPECT_TRUE(head("app", small_));
    world_.clock.advance(grace);
    collect();
    EXPECT_TRUE(put(manifest_of(small_, {})));
}

TEST_F(CollectorTest, MemoryDoesNotSayHereOfWhatIsGone) {
    for (const auto& bytes : {small_, large_}) {
        world_.push("app", bytes);
        EXPECT_TRUE(world_.pull("app", digest(bytes)) == bytes);
        EXPECT_TRUE(head("app", bytes));
        world_.clock.advance(2 * longest);
        EXPECT_EQ(collect(), 1);
        EXPECT_FALSE(head("app", bytes));
        EXPECT_EQ(world_.pull("app", digest(bytes)).error().kind, FaultKind::blob_not_found);
    }
}

TEST_F(CollectorTest, SayingItIsHereIsSeldomWrittenDown) {
    world_.push("app", small_);
    EXPECT_TRUE(head("app", small_));
    auto before = writes();
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(head("app", small_));
        world_.clock.advance(grace / 400);
    }
    EXPECT_EQ(writes(), before);
    before = writes();
    for (int i = 0; i < 400; ++i) {
        world_.clock.advance(grace / 400);
        EXPECT_TRUE(head("app", small_));
    }
    EXPECT_LE(writes() - before, 5);
    EXPECT_GE(writes() - before, 3);
}

TEST_F(CollectorTest, AskingForAvailabilityKeepsThemAll) {
    world_.push("app", small_);
    world_.push("app", large_);
    world_.clock.advance(longest - 1ms);
    const auto ask = [&] {
        return wait_for(world_.blobs.availability(world_.root, app_, {digest(small_), digest(large_)})).value();
    };
    EXPECT_TRUE(ask().at(1).size);
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 0);
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 2);
    EXPECT_FALSE(ask().at(0).size);
}

TEST_F(CollectorTest, MountingKeepsTheMountedOne) {
    world_.create("other");
    world_.push("app", large_);
    world_.clock.advance(longest - 1ms);
    const auto mounted =
        wait_for(world_.uploads->mount(world_.root, repository("other"), digest(large_), testing::name("app")));
    ASSERT_TRUE(mounted && *mounted);
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 1);  // the source's
    EXPECT_EQ(world_.pull("app", digest(large_)).error().kind, FaultKind::blob_not_found);
    EXPECT_TRUE(world_.pull("other", digest(large_)) == large_);
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 1);
    EXPECT_TRUE(world_.files().empty());
}

TEST_F(CollectorTest, PushingItAgainKeepsIt) {
    world_.push("app", large_);
    world_.clock.advance(longest - 1ms);
    world_.push("app", large_);
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 0);
    EXPECT_TRUE(put(manifest_of(large_, {})));
}

TEST_F(CollectorTest, SoDoesBeingRefusedAsThereAlready) {
    world_.push("app", large_);
    world_.clock.advance(longest - 1ms);
    const auto id = wait_for(world_.uploads->begin(world_.root, app_, std::nullopt)).value();
    Body body(large_);
    ASSERT_TRUE(wait_for(
        world_.uploads->append(world_.root, {.repository = app_, .id = id}, std::nullopt, body, ChunkKind::part)));
    const auto again =
        wait_for(world_.uploads->complete_parts(world_.root, {.repository = app_, .id = id}, digest(large_)));
    EXPECT_EQ(again.error().kind, FaultKind::layer_exists);
    world_.clock.advance(grace);
    EXPECT_EQ(collect(), 0);
}

TEST_F(CollectorTest, BytesThatCannotBeRemovedAreLeftToTheSweep) {
    world_.push("app", large_);
    world_.clock.advance(longest);
    world_.blob_store.fail_on(testing::BlobCall::remove, 1);
    EXPECT_FALSE(wait_for(world_.collector.collect(10)));
    EXPECT_FALSE(head("app", large_));
    EXPECT_EQ(world_.discarded_keys(), 1);
    ASSERT_TRUE(wait_for(world_.uploads->sweep(10)));
    EXPECT_TRUE(world_.files().empty());
    EXPECT_EQ(world_.discarded_keys(), 0);
}

TEST_F(CollectorTest, TakesNoMoreThanItIsAskedTo) {
    for (int i = 0; i < 5; ++i) world_.push("app", "blob " + std::to_string(i));
    world_.clock.advance(longest);
    EXPECT_EQ(wait_for(world_.collector.collect(2)).value(), 2);
    EXPECT_EQ(wait_for(world_.collector.collect(2)).value(), 2);
    EXPECT_EQ(wait_for(world_.collector.collect(2)).value(), 1);
    EXPECT_EQ(wait_for(world_.collector.collect(2)).value(), 0);
}

}  // namespace
}  // namespace berth::registry
