// Uploads over a blob store that fails: what is acknowledged is true, what is published is whole, and after the sweep
// nothing is left behind.
#include "registry/uploads.hpp"
#include "testing/world.hpp"

namespace berth::registry {
namespace {

using testing::BlobCall;
using testing::Body;
using testing::content;
using testing::digest;
using testing::repository;
using testing::wait_for;

class UploadsFaults : public ::testing::TestWithParam<std::tuple<BlobCall, int>> {
protected:
    Result<std::uint64_t> append(const UploadRef& ref, const std::string& bytes) {
        Body body(bytes);
        return wait_for(world_.uploads->append(world_.root, ref, std::nullopt, body, ChunkKind::chunk));
    }
    Result<std::uint64_t> received(const UploadRef& ref) {
        return wait_for(world_.uploads->received(world_.root, ref));
    }
    Result<model::Blob> complete(const UploadRef& ref, const model::Digest& expected) {
        Body nothing("");
        return wait_for(world_.uploads->complete(world_.root, ref, expected, std::nullopt, nothing));
    }
    UploadRef begin() {
        return {repository("app"),
                wait_for(world_.uploads->begin(world_.root, repository("app"), std::nullopt)).value()};
    }
    void order() {
        const auto& [kind, nth] = GetParam();
        world_.blob_store.fail_on(kind, nth);
    }
    // Bytes that a failed sync may have lost are never trusted again: such an upload is over.
    static bool ends_the_upload() { return std::get<0>(GetParam()) == BlobCall::commit; }
    // After everything expired, only the bytes of published blobs are there.
    void expect_clean(std::size_t published) {
        world_.blob_store.heal();
        world_.clock.advance(world_.settings.upload_lifetime * 2);
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(wait_for(world_.uploads->sweep(100)));
        EXPECT_EQ(world_.uploads_running(app_), 0);
        EXPECT_EQ(world_.discarded_keys(), 0);
        EXPECT_EQ(world_.files().size(), published);
    }
    void expect_whole_or_not_there(const std::string& bytes, const Result<model::Blob>& told) {
        world_.blob_store.heal();
        const auto got = world_.pull("app", digest(bytes));
        EXPECT_EQ(got.has_value(), told.has_value());
        if (got) {
            EXPECT_TRUE(*got == bytes);
        }
        expect_clean(told ? 1 : 0);
    }
    // All bytes are received; completing works, if need be at the second try, unless a sync failed.
    void expect_published(const UploadRef& ref, const std::string& bytes) {
        auto done = complete(ref, digest(bytes));
        if (!done && !ends_the_upload()) done = complete(ref, digest(bytes));
        if (!done && ends_the_upload() && world_.blob_store.failed(BlobCall::commit)) return expect_clean(0);
        ASSERT_TRUE(done) << done.error().message;
        world_.blob_store.heal();
        EXPECT_TRUE(world_.pull("app", digest(bytes)) == bytes);
        expect_clean(1);
    }

    testing::World world_;
    const model::Repository app_ = world_.create("app");
};

INSTANTIATE_TEST_SUITE_P(Calls, UploadsFaults,
                         ::testing::Combine(::testing::ValuesIn(testing::blob_calls), ::testing::Values(1, 2, 3)));

TEST_P(UploadsFaults, AMonolithicPushIsWholeOrNotThere) {
    const auto bytes = content(4'000'000);
    order();
    Body body(bytes);
    const auto pushed = wait_for(world_.uploads->push(world_.root, repository("app"), digest(bytes), body));
    expect_whole_or_not_there(bytes, pushed);
}

// A client that asks where to go on after each failure gets there, whatever fails once.
TEST_P(UploadsFaults, AClientThatResumesGetsThere) {
    const auto bytes = content(2'500'000);
    const auto ref = begin();
    order();
    for (int tries = 0; tries < 40; ++tries) {
        if (tries % 3 == 1) world_.restart();
        const auto at = received(ref);
        if (!at) continue;
        ASSERT_LE(*at, bytes.size());
        if (*at == bytes.size()) break;
        static_cast<void>(append(ref, bytes.substr(*at, 300'007)));
    }
    expect_published(ref, bytes);
}

// A client that goes on as if nothing had happened must not publish bytes other than those it hashed.
TEST_P(UploadsFaults, AClientThatIgnoresFailuresCannotPublishWrongBytes) {
    const auto bytes = content(2'500'000);
    const auto ref = begin();
    order();
    for (std::size_t at = 0; at < bytes.size(); at += 300'007) {
        static_cast<void>(append(ref, bytes.substr(at, 300'007)));
    }
    const auto done = complete(ref, digest(bytes));
    expect_whole_or_not_there(bytes, done);
}

TEST_P(UploadsFaults, SmallStartsThatGrowKeepTheirBytes) {
    const auto bytes = content(200'000);
    const auto ref = begin();
    ASSERT_TRUE(append(ref, bytes.substr(0, 41'000)));
    order();
    for (int tries = 0; tries < 20; ++tries) {
        const auto at = received(ref);
        if (!at) continue;
        ASSERT_GE(*at, 41'000);
        if (*at == bytes.size()) break;
        static_cast<void>(append(ref, bytes.substr(*at, 90'001)));
        world_.restart();
    }
    expect_published(ref, bytes);
}

// On a full disk the space goes back at once: nothing else may be writable until then.
TEST_P(UploadsFaults, AFullDiskEndsTheUploadAndGivesItsSpaceBack) {
    const auto bytes = content(2'500'000);
    const auto ref = begin();
    world_.blob_store.fail_on(BlobCall::append, 2, FaultKind::storage_full);
    const auto appended = append(ref, bytes);
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().kind, FaultKind::storage_full);
    EXPECT_TRUE(world_.files().empty());
    const auto gone = received(ref);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().kind, FaultKind::upload_not_found);
}

TEST_P(UploadsFaults, CancelledAndMistakenOnesAreSweptInTheEnd) {
    const auto cancelled = begin();
    const auto mistaken = begin();
    ASSERT_TRUE(append(cancelled, content(300'000)));
    ASSERT_TRUE(append(mistaken, content(300'000, 2)));
    order();
    static_cast<void>(wait_for(world_.uploads->cancel(world_.root, cancelled)));
    static_cast<void>(complete(mistaken, digest("something else")));
    expect_clean(0);
}

TEST(UploadsFaultsAlone, TheSameBytesAreNeverSyncedAgainAfterASyncThatFailed) {
    testing::World world;
    world.create("app");
    const auto bytes = content(300'000);
    const UploadRef ref{repository("app"),
                        wait_for(world.uploads->begin(world.root, repository("app"), std::nullopt)).value()};
    Body body(bytes);
    ASSERT_TRUE(wait_for(world.uploads->append(world.root, ref, std::nullopt, body, ChunkKind::chunk)));
    world.blob_store.fail_on(BlobCall::commit, 1);
    for (const auto said : {FaultKind::unavailable, FaultKind::upload_not_found}) {
        Body nothing("");
        const auto done = wait_for(world.uploads->complete(world.root, ref, digest(bytes), std::nullopt, nothing));
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().kind, said);
    }
    EXPECT_TRUE(world.files().empty());
}

TEST(UploadsFaultsAlone, ReadingBytesThatAreGoneIsTheServersFault) {
    testing::World world;
    world.create("app");
    const auto bytes = content(100'000);
    world.push("app", bytes);
    ASSERT_TRUE(wait_for(world.folder_store.remove(world.files().front())));
    EXPECT_EQ(world.pull("app", digest(bytes)).error().kind, FaultKind::unavailable);
}

}  // namespace
}  // namespace berth::registry
