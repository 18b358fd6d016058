#include "registry/fsck.hpp"

#include "testing/manifests.hpp"
#include "testing/world.hpp"

#include <fstream>

namespace berth::registry {
namespace {

using testing::content;
using testing::digest;
using testing::manifest_of;
using testing::repository;
using testing::tag;
using testing::wait_for;

class FsckTest : public ::testing::Test {
protected:
    FsckTest() {
        world_.create("app");
        world_.push("app", small_);
        world_.push("app", large_);
        NewManifest image;
        image.bytes = manifest_;
        image.tags = {tag("latest"), tag("v1")};
        EXPECT_TRUE(wait_for(world_.images.put(world_.root, repository("app"), image)));
        key_ = world_.files().at(0);
    }

    FsckReport check(Digests digests = Digests::compute, Repair repair = Repair::no) {
        return wait_for(fsck({.metadata = *world_.metadata,
                              .blobs = world_.blob_store,
                              .clock = world_.clock,
                              .random = world_.random},
                             {.digests = digests, .repair = repair, .progress = nullptr}))
            .value();
    }
    std::filesystem::path file(const std::string& key) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(world_.folder.path() / "blobs")) {
            if (entry.path().filename() == key) return entry.path();
        }
        throw std::runtime_error("no file " + key);
    }
    void rot(const std::string& key) {
        std::fstream bytes(file(key), std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp(5000);
        bytes.put('!');
        bytes.put('?');
    }
    // An image whose manifest is not what its digest says; `keep` puts it where it is found.
    template <class Keep>
    void add_rotten_image(Keep keep) {
        const auto id = wait_for(world_.repositories.get(world_.root, repository("app")))->id;
        ASSERT_TRUE(wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<int> {
            store::NewImage rotten;
            rotten.image.id = model::ImageRowId{7};
            rotten.image.repository = id;
            rotten.image.digest = digest("good");
            rotten.image.media_type = "application/vnd.oci.image.manifest.v1+json";
            rotten.image.manifest_size = 4;
            rotten.manifest = "evil";
            tx.images().insert(rotten);
            keep(tx, rotten.image);
            return 0;
        })));
    }
    std::size_t quarantined() {
        const auto folder = world_.folder.path() / "blobs" / "quarantine";
        if (!std::filesystem::exists(folder)) return 0;
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
    }
    void expect_loss(const FsckReport& report, const model::Digest& damaged, Damage damage) {
        EXPECT_FALSE(report.whole());
        ASSERT_EQ(report.images.size(), 1U);
        const auto& lost = report.images[0];
        EXPECT_EQ(lost.repository, repository("app"));
        EXPECT_EQ(lost.digest, digest(manifest_));
        EXPECT_EQ(lost.tags, (std::vector{tag("latest"), tag("v1")}));
        EXPECT_EQ(lost.damaged, damaged);
        EXPECT_EQ(lost.damage, damage);
    }

    testing::World world_;
    const std::string small_ = "config";
    const std::string large_ = content(3'000'000);
    const std::string manifest_ = manifest_of(small_, {large_});
    std::string key_;
};

TEST_F(FsckTest, AWholeStoreIsWhole) {
    for (const auto digests : {Digests::trust, Digests::compute}) {
        const auto report = check(digests);
        EXPECT_TRUE(report.whole());
        EXPECT_TRUE(report.orphans.empty());
        EXPECT_EQ(report.checked.blobs, 2U);
        EXPECT_EQ(report.checked.images, 1U);
        const auto all = digests == Digests::compute ? small_.size() + large_.size() + manifest_.size() : 0;
        EXPECT_EQ(report.checked.bytes, all);
    }
}

TEST_F(FsckTest, BitRotIsFoundByTheDigestAlone) {
    rot(key_);
    EXPECT_TRUE(check(Digests::trust).whole());
    const auto report = check();
    ASSERT_EQ(report.blobs.size(), 1U);
    EXPECT_EQ(report.blobs[0].digest, digest(large_));
    EXPECT_EQ(report.blobs[0].damage, Damage::wrong_content);
    EXPECT_EQ(report.blobs[0].key, key_);
    expect_loss(report, digest(large_), Damage::wrong_content);
    EXPECT_EQ(quarantined(), 0U);
}

TEST_F(FsckTest, RottenBytesAreSetAsideAndTheNextPushHeals) {
    rot(key_);
    expect_loss(check(Digests::compute, Repair::yes), digest(large_), Damage::wrong_content);
    EXPECT_EQ(quarantined(), 1U);
    world_.services.cache.blobs.drop(
        key_of(wait_for(world_.repositories.get(world_.root, repository("app")))->id, digest(large_).text()));
    EXPECT_EQ(world_.pull("app", digest(large_)).error().kind, FaultKind::blob_not_found);
    expect_loss(check(), digest(large_), Damage::missing);
    world_.push("app", large_);
    EXPECT_TRUE(world_.pull("app", digest(large_)) == large_);
    EXPECT_TRUE(check().whole());
    EXPECT_TRUE(check().orphans.empty());
}

TEST_F(FsckTest, AMissingFileAndOneOfAnotherSizeAreFoundWithoutReading) {
    std::filesystem::resize_file(file(key_), 1000);
    expect_loss(check(Digests::trust), digest(large_), Damage::wrong_size);
    std::filesystem::remove(file(key_));
    expect_loss(check(Digests::trust), digest(large_), Damage::missing);
    expect_loss(check(Digests::trust, Repair::yes), digest(large_), Damage::missing);
    world_.push("app", large_);
    EXPECT_TRUE(check().whole());
}

TEST_F(FsckTest, AnImageWhoseBlobTheRepositoryLostIsNamed) {
    world_.settings.delete_referenced = true;
    ASSERT_TRUE(wait_for(world_.blobs.remove(world_.root, repository("app"), digest(small_))));
    const auto report = check();
    EXPECT_TRUE(report.blobs.empty());
    expect_loss(report, digest(small_), Damage::missing);
}

TEST_F(FsckTest, WhatADeletedRepositoryHadIsNoLoss) {
    rot(key_);
    ASSERT_TRUE(wait_for(world_.repositories.remove(world_.root, repository("app"), Contents::delete_too)));
    const auto report = check();
    EXPECT_EQ(report.blobs.size(), 1U);
    EXPECT_TRUE(report.images.empty());
}

// The image of the recycle bin needs the same things, and is no less lost without them.
class FsckBinTest : public FsckTest {
protected:
    FsckBinTest() {
        const model::Reference image = digest(manifest_);
        EXPECT_TRUE(wait_for(world_.images.remove(world_.root, repository("app"), image)));
    }
    void expect_deleted_loss(const FsckReport& report, const model::Digest& damaged, Damage damage) {
        expect_loss(report, damaged, damage);
        EXPECT_EQ(report.images.at(0).where, Whereabouts::recycle_bin);
    }
};

TEST_F(FsckBinTest, AWholeBinIsWhole) {
    const auto report = check();
    EXPECT_TRUE(report.whole());
    EXPECT_EQ(report.checked.images, 1U);
    EXPECT_EQ(report.checked.bytes, small_.size() + large_.size() + manifest_.size());
}

TEST_F(FsckBinTest, ADamagedBlobIsALossToItsImage) {
    rot(key_);
    EXPECT_TRUE(check(Digests::trust).whole());
    expect_deleted_loss(check(), digest(large_), Damage::wrong_content);
    expect_deleted_loss(check(Digests::compute, Repair::yes), digest(large_), Damage::wrong_content);
    expect_deleted_loss(check(), digest(large_), Damage::missing);
    world_.push("app", large_);
    EXPECT_TRUE(check().whole());
}

TEST_F(FsckBinTest, ABlobItsRepositoryLetGoOfIsNoLoss) {
    ASSERT_TRUE(wait_for(world_.blobs.remove(world_.root, repository("app"), digest(large_))));
    EXPECT_TRUE(check().whole());
}

TEST_F(FsckBinTest, ADamagedManifestTakesItsImageOutOfTheBin) {
    add_rotten_image(
        [&](store::Transaction& tx, const model::Image& image) { tx.bin().put(image.id, {}, {}, world_.clock.now()); });
    const auto report = check(Digests::compute, Repair::yes);
    ASSERT_EQ(report.images.size(), 1U);
    EXPECT_EQ(report.images[0].damaged, digest("good"));
    EXPECT_EQ(report.images[0].where, Whereabouts::recycle_bin);
    EXPECT_EQ(quarantined(), 1U);
    EXPECT_TRUE(check().whole());
    EXPECT_EQ(check().checked.images, 1U) << "the other one is still there";
}

TEST_F(FsckTest, BytesThatNothingNamesAreOrphans) {
    const std::string key = "00000000-0000-4000-8000-000000000001";
    auto writer = wait_for(world_.folder_store.create(key, std::nullopt)).value();
    ASSERT_TRUE(wait_for(writer->commit()));
    writer.reset();
    // A running upload's bytes are none.
    const auto id = wait_for(world_.uploads->begin(world_.root, repository("app"), std::nullopt)).value();
    testing::Body body(content(200'000));
    ASSERT_TRUE(wait_for(world_.uploads->append(world_.root, {.repository = repository("app"), .id = id}, std::nullopt,
                                                body, ChunkKind::chunk)));
    EXPECT_EQ(world_.files().size(), 3U);
    EXPECT_EQ(check().orphans, std::vector{key});
    EXPECT_TRUE(check().whole());
    EXPECT_EQ(check(Digests::trust, Repair::yes).orphans, std::vector{key});
    EXPECT_EQ(quarantined(), 1U);
    EXPECT_TRUE(check().orphans.empty());
}

TEST_F(FsckTest, ADamagedManifestTakesItsImageAlong) {
    add_rotten_image([&](store::Transaction& tx, const model::Image& image) {
        tx.images().put_tag(image.repository, tag("rotten"), image.id, world_.clock.now());
    });
    EXPECT_TRUE(check(Digests::trust).whole());
    const auto report = check(Digests::compute, Repair::yes);
    ASSERT_EQ(report.images.size(), 1U);
    EXPECT_EQ(report.images[0].digest, digest("good"));
    EXPECT_EQ(report.images[0].damaged, digest("good"));
    EXPECT_EQ(report.images[0].tags, std::vector{tag("rotten")});
    EXPECT_EQ(report.images[0].damage, Damage::wrong_content);
    EXPECT_EQ(quarantined(), 1U);
    const auto after = check();
    EXPECT_TRUE(after.whole());
    EXPECT_EQ(after.checked.images, 1U);
    EXPECT_TRUE(after.orphans.empty());
}

TEST_F(FsckTest, RottenInlineBytesAreSetAsideToo) {
    ASSERT_TRUE(wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<int> {
        const auto evil = std::make_shared<const std::string>("evil");
        (void)tx.blobs().insert({.digest = digest("good"), .size = 4, .location = {.key = "", .inline_bytes = evil}},
                                world_.clock.now());
        return 0;
    })));
    const auto report = check(Digests::compute, Repair::yes);
    ASSERT_EQ(report.blobs.size(), 1U);
    EXPECT_EQ(report.blobs[0].damage, Damage::wrong_content);
    EXPECT_TRUE(report.images.empty());
    EXPECT_EQ(quarantined(), 1U);
    EXPECT_TRUE(check().whole());
}

// As after a copy that went wrong, or a person's own file.
TEST_F(FsckTest, StraysAreOrphansAndSetAside) {
    const auto blobs = world_.folder.path() / "blobs";
    const std::string stray = "11111111-1111-4111-8111-111111111111";
    for (const auto* folder : {"11", "12"}) std::ofstream(blobs / folder / stray) << "hi";
    std::ofstream(blobs / "00" / "orphan") << "hi";
    const auto found = check().orphans;
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0], "00/orphan");
    const auto repaired = check(Digests::trust, Repair::yes);
    EXPECT_TRUE(repaired.whole());
    EXPECT_TRUE(repaired.failures.empty());
    EXPECT_EQ(repaired.orphans, found);
    EXPECT_EQ(quarantined(), 3U);
    EXPECT_TRUE(check().orphans.empty());
    EXPECT_EQ(world_.pull("app", digest(large_)).value().size(), large_.size());
}

TEST_F(FsckTest, WhatCannotBeSetAsideDoesNotEndTheRepair) {
    rot(key_);
    const auto blobs = world_.folder.path() / "blobs";
    for (const auto* name : {"a", "b"}) std::ofstream(blobs / "00" / name) << "hi";
    std::ofstream(blobs / "quarantine") << "in the way";
    const auto report = check(Digests::compute, Repair::yes);
    expect_loss(report, digest(large_), Damage::wrong_content);
    EXPECT_EQ(report.orphans, (std::vector<std::string>{"00/a", "00/b"}));
    std::vector<std::string> stuck;
    for (const auto& failure : report.failures) stuck.push_back(failure.what);
    EXPECT_EQ(stuck, (std::vector<std::string>{digest(large_).text(), "00/a", "00/b"}));

    std::filesystem::remove(blobs / "quarantine");
    expect_loss(check(Digests::compute, Repair::yes), digest(large_), Damage::wrong_content);
    EXPECT_EQ(quarantined(), 3U) << "it was not forgotten while its bytes were where they had been";
}

// Of an old client's list, say. Clients that compare sizes cannot pull it; all bytes are what they were.
TEST_F(FsckTest, FalseSizesAreNamed) {
    const auto put = [&](const std::string& bytes, const std::vector<model::Tag>& tags = {}) {
        NewManifest image;
        image.bytes = bytes;
        image.tags = tags;
        ASSERT_TRUE(wait_for(world_.images.put(world_.root, repository("app"), image)));
    };
    auto layer = manifest_of(small_, {small_});
    const auto at = layer.rfind(R"("size":6)");
    ASSERT_NE(at, std::string::npos);
    layer.replace(at, 8, R"("size":999)");
    put(layer, {tag("false")});
    const auto index = testing::index_of({manifest_});
    auto wrong_child = index;
    const auto size = std::to_string(manifest_.size());
    wrong_child.replace(wrong_child.find("\"size\":" + size), 7 + size.size(), "\"size\":1");
    put(index);
    put(wrong_child);

    const auto report = check();
    EXPECT_TRUE(report.whole());
    ASSERT_EQ(report.false_sizes.size(), 2U);
    const auto& of_layer = report.false_sizes[report.false_sizes[0].named == digest(small_) ? 0 : 1];
    const auto& of_child = report.false_sizes[report.false_sizes[0].named == digest(small_) ? 1 : 0];
    EXPECT_EQ(of_layer.repository, repository("app"));
    EXPECT_EQ(of_layer.digest, digest(layer));
    EXPECT_EQ(of_layer.tags, std::vector{tag("false")});
    EXPECT_EQ(of_layer.named, digest(small_));
    EXPECT_EQ(of_layer.size, 999U);
    EXPECT_EQ(of_layer.actual_size, small_.size());
    EXPECT_EQ(of_child.digest, digest(wrong_child));
    EXPECT_EQ(of_child.named, digest(manifest_));
    EXPECT_EQ(of_child.size, 1U);
    EXPECT_EQ(of_child.actual_size, manifest_.size());
}

TEST_F(FsckTest, AFailingStoreIsUnreadable) {
    world_.blob_store.fail_on(testing::BlobCall::read, 2);
    expect_loss(check(), digest(large_), Damage::unreadable);
}

}  // namespace
}  // namespace berth::registry
