// Blobs, uploads, events, jobs, credentials.
#include "store/sqlite/contract.hpp"

#include <set>
#include <thread>

namespace berth::store::contract {
namespace {

using BlobsContract = Contract;
using UploadsContract = Contract;
using OutboxContract = Contract;
using JobsContract = Contract;
using CredentialsContract = Contract;

model::Blob stored(std::string_view content, std::string_view key) {
    return {
        .digest = digest(content), .size = content.size(), .location = {.key = std::string(key), .inline_bytes = {}}};
}

TEST_F(BlobsContract, TheFirstLocationStays) {
    change([&](Transaction& tx) {
        EXPECT_EQ(tx.blobs().insert(stored("layer", "k1"), at(1)), Inserted::yes);
        EXPECT_EQ(tx.blobs().insert(stored("layer", "k2"), at(2)), Inserted::no);
        const auto found = tx.blobs().find(digest("layer"));
        EXPECT_EQ(found.value().location.key, "k1");
        EXPECT_EQ(found.value().size, 5U);
        EXPECT_FALSE(tx.blobs().inline_bytes(digest("layer")));
        EXPECT_FALSE(tx.blobs().find(digest("nothing")));
    });
}

TEST_F(BlobsContract, SmallBlobsAreKeptInline) {
    const std::string bytes(65536, '\0');
    auto blob = stored(bytes, "");
    blob.location.inline_bytes = std::make_shared<const std::string>(bytes);
    auto nothing = stored("", "");
    nothing.location.inline_bytes = std::make_shared<const std::string>();
    change([&](Transaction& tx) {
        EXPECT_EQ(tx.blobs().insert(blob, at(1)), Inserted::yes);
        EXPECT_EQ(tx.blobs().insert(nothing, at(1)), Inserted::yes);
    });
    EXPECT_EQ(look([&](Transaction& tx) { return tx.blobs().inline_bytes(digest(bytes)); }), bytes);
    EXPECT_EQ(look([&](Transaction& tx) { return tx.blobs().inline_bytes(digest("")); }), "");
    const auto found = look([&](Transaction& tx) { return tx.blobs().find(digest(bytes)); });
    EXPECT_EQ(found.value().location.key, "");
    EXPECT_EQ(found.value().location.inline_bytes, nullptr);
}

TEST_F(BlobsContract, LinksAreARepositorysOwn) {
    change([&](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "first"));
        (void)tx.repositories().insert(repository(2, "second"));
        auto foreign = repository(3, "third");
        foreign.registry = registry("111111111111");
        (void)tx.repositories().insert(foreign);
        (void)tx.blobs().insert(stored("layer", "k"), at(1));
        for (const int id : {1, 2, 3, 1}) tx.blobs().link(model::RepositoryId{id}, digest("layer"), at(1), at(2));

        EXPECT_TRUE(tx.blobs().find(model::RepositoryId{1}, digest("layer")));
        EXPECT_EQ(tx.blobs().holders(registry(), digest("layer"), 10).size(), 2U);
        EXPECT_EQ(tx.blobs().holders(registry(), digest("layer"), 1).size(), 1U);
        EXPECT_EQ(tx.blobs().holders(registry("111111111111"), digest("layer"), 10).at(0).name, name("third"));

        EXPECT_FALSE(tx.blobs().unlink(model::RepositoryId{1}, digest("layer"), at(3)));
        EXPECT_FALSE(tx.blobs().find(model::RepositoryId{1}, digest("layer")));
        EXPECT_TRUE(tx.blobs().find(model::RepositoryId{2}, digest("layer")));
        tx.repositories().mark_deleted(model::RepositoryId{2}, at(5));
        EXPECT_TRUE(tx.blobs().holders(registry(), digest("layer"), 10).empty());
        EXPECT_TRUE(tx.blobs().find(digest("layer")));
    });
}

TEST_F(BlobsContract, DiscardedKeysWaitUntilTheyAreForgotten) {
    change([&](Transaction& tx) {
        for (const auto* key : {"b", "a", "c", "a"}) tx.blobs().discard_key(key, at(1));
        EXPECT_EQ(tx.blobs().discarded_keys(2).size(), 2U);
        tx.blobs().forget_discarded_key("b");
        EXPECT_EQ(tx.blobs().discarded_keys(10), (std::vector<std::string>{"a", "c"}));
    });
}

Upload upload(int number, int repository_id, Timestamp expires_at) {
    Upload made;
    made.id = model::UploadId::parse("00000000-0000-4000-8000-00000000000" + std::to_string(number)).value();
    made.repository = model::RepositoryId{repository_id};
    made.principal_arn = "arn:aws:iam::000000000000:root";
    made.key = "uploads/" + std::to_string(number);
    made.created_at = at(1);
    made.expires_at = expires_at;
    return made;
}

TEST_F(UploadsContract, LiveFromInsertToErase) {
    change([&](Transaction& tx) {
        auto one = upload(1, 1, at(100));
        tx.uploads().insert(one);
        tx.uploads().insert(upload(2, 1, at(50)));
        tx.uploads().insert(upload(3, 2, at(70)));
        EXPECT_EQ(tx.uploads().count(model::RepositoryId{1}), 2U);

        one.expires_at = at(60);
        one.last_part_bytes = 5 << 20;
        one.short_part_followed = true;
        tx.uploads().update(one);
        const auto found = tx.uploads().find(one.id);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->repository, one.repository);
        EXPECT_EQ(found->principal_arn, one.principal_arn);
        EXPECT_EQ(found->key, one.key);
        EXPECT_EQ(found->created_at, one.created_at);
        EXPECT_EQ(found->expires_at, at(60));
        EXPECT_EQ(found->last_part_bytes, 5U << 20);
        EXPECT_TRUE(found->short_part_followed);

        EXPECT_TRUE(tx.uploads().expired(at(49), 10).empty());
        EXPECT_EQ(tx.uploads().expired(at(50), 10).size(), 1U);
        EXPECT_EQ(tx.uploads().expired(at(99), 2).at(1).id, one.id);
        tx.uploads().erase(one.id);
        EXPECT_FALSE(tx.uploads().find(one.id));
        EXPECT_EQ(tx.uploads().count(model::RepositoryId{1}), 1U);
    });
}

Event event(std::int64_t id, Timestamp when) {
    return {.id = id,
            .registry = registry(),
            .kind = "image.push",
            .repository = "app",
            .digest = "sha256:aa",
            .tag = "v1",
            .media_type = "m",
            .at = when};
}

TEST_F(OutboxContract, PagesAndTrims) {
    change([&](Transaction& tx) {
        for (int n = 1; n <= 5; ++n) tx.outbox().append(event(n * 10, at(n)));
        const auto page = tx.outbox().page(20, 2);
        ASSERT_EQ(page.size(), 2U);
        EXPECT_EQ(page[0].id, 30);
        EXPECT_EQ(page[0].registry, registry());
        EXPECT_EQ(page[0].kind, "image.push");
        EXPECT_EQ(page[0].repository, "app");
        EXPECT_EQ(page[0].digest, "sha256:aa");
        EXPECT_EQ(page[0].tag, "v1");
        EXPECT_EQ(page[0].media_type, "m");
        EXPECT_EQ(page[0].at, at(3));

        EXPECT_EQ(tx.outbox().trim(at(4), 2), 2U);
        EXPECT_EQ(tx.outbox().trim(at(4), 2), 1U);
        EXPECT_EQ(tx.outbox().trim(at(4), 2), 0U);
        EXPECT_EQ(tx.outbox().page(0, 10).at(0).id, 40);
    });
}

TEST_F(OutboxContract, EachReaderOfTheOutboxKnowsHowFarItHasCome) {
    change([](Transaction& tx) {
        EXPECT_EQ(tx.outbox().reached("one"), 0);
        tx.outbox().set_reached("one", 123'456'789'012'345'678);
        tx.outbox().set_reached("two", 7);
        tx.outbox().set_reached("two", 8);
        EXPECT_EQ(tx.outbox().reached("one"), 123'456'789'012'345'678);
        EXPECT_EQ(tx.outbox().reached("two"), 8);
    });
}

Job job(std::int64_t id, std::string_view key, Timestamp run_at) {
    return {.id = id,
            .kind = "sweep",
            .key = std::string(key),
            .payload = "p",
            .run_at = run_at,
            .attempts = 0,
            .last_error = ""};
}

TEST_F(JobsContract, OneJobForEachKindAndKey) {
    change([&](Transaction& tx) {
        EXPECT_FALSE(tx.jobs().next_due());
        EXPECT_EQ(tx.jobs().enqueue(job(1, "a", at(10))), Inserted::yes);
        EXPECT_EQ(tx.jobs().enqueue(job(2, "a", at(5))), Inserted::no);
        EXPECT_EQ(tx.jobs().next_due(), at(10));
    });
}

TEST_F(JobsContract, OneThatIsWantedWhileItRunsRunsAgain) {
    for (const auto again_at : {at(5), at(10), at(40)}) {
        change([&](Transaction& tx) {
            (void)tx.jobs().enqueue(job(1, "a", at(10)));
            const auto claimed = tx.jobs().claim("me", at(10), at(20)).value();
            auto again = job(2, "a", again_at);
            again.payload = "new";
            EXPECT_EQ(tx.jobs().enqueue(again), Inserted::no);
            EXPECT_FALSE(tx.jobs().claim("other", at(19), at(50))) << "the lease holds";
            EXPECT_TRUE(tx.jobs().finish(1, "me", claimed.run_at));

            EXPECT_EQ(tx.jobs().next_due(), std::max(again_at, at(11)));
            const auto second = tx.jobs().claim("me", at(60), at(70)).value();
            EXPECT_EQ(second.payload, "new");
            EXPECT_TRUE(tx.jobs().finish(1, "me", second.run_at));
            EXPECT_FALSE(tx.jobs().next_due());
        });
    }
}

TEST_F(JobsContract, TheOneThatWaitedLongestIsClaimedFirst) {
    change([&](Transaction& tx) {
        (void)tx.jobs().enqueue(job(1, "a", at(20)));
        (void)tx.jobs().enqueue(job(2, "b", at(10)));
        (void)tx.jobs().enqueue(job(3, "c", at(30)));
        EXPECT_FALSE(tx.jobs().claim("x", at(9), at(100)));
        EXPECT_EQ(tx.jobs().claim("x", at(25), at(100)).value().id, 2);
        EXPECT_EQ(tx.jobs().claim("x", at(25), at(100)).value().id, 1);
        EXPECT_FALSE(tx.jobs().claim("x", at(25), at(100)));
        EXPECT_EQ(tx.jobs().next_due(), at(30));
    });
}

TEST_F(JobsContract, ALeaseKeepsOthersAwayUntilItRunsOut) {
    change([&](Transaction& tx) {
        (void)tx.jobs().enqueue(job(1, "a", at(10)));
        EXPECT_TRUE(tx.jobs().claim("first", at(10), at(20)));
        EXPECT_FALSE(tx.jobs().claim("second", at(19), at(50)));
        EXPECT_TRUE(tx.jobs().extend(1, "first", at(30)));
        EXPECT_FALSE(tx.jobs().claim("second", at(29), at(50)));
        EXPECT_EQ(tx.jobs().next_due(), at(30));
        EXPECT_EQ(tx.jobs().claim("second", at(30), at(50)).value().run_at, at(10));

        EXPECT_FALSE(tx.jobs().extend(1, "first", at(90)));
        EXPECT_FALSE(tx.jobs().retry(job(1, "a", at(90)), "first"));
        EXPECT_FALSE(tx.jobs().finish(1, "first", at(10)));
        EXPECT_TRUE(tx.jobs().finish(1, "second", at(10)));
        EXPECT_FALSE(tx.jobs().finish(1, "second", at(10)));
        EXPECT_FALSE(tx.jobs().next_due());
    });
}

TEST_F(JobsContract, RetryKeepsAttemptsAndError) {
    change([&](Transaction& tx) {
        (void)tx.jobs().enqueue(job(1, "a", at(10)));
        auto claimed = tx.jobs().claim("me", at(10), at(20)).value();
        claimed.run_at = at(15);
        claimed.attempts = 3;
        claimed.last_error = "disk";
        EXPECT_TRUE(tx.jobs().retry(claimed, "me"));
        EXPECT_FALSE(tx.jobs().extend(1, "me", at(99)));
        EXPECT_FALSE(tx.jobs().claim("me", at(14), at(99)));
        const auto again = tx.jobs().claim("me", at(15), at(99)).value();
        EXPECT_EQ(again.attempts, 3);
        EXPECT_EQ(again.last_error, "disk");
        EXPECT_EQ(again.payload, "p");
        EXPECT_EQ(again.run_at, at(15));
    });
}

TEST_F(CredentialsContract, KeysAreReplaced) {
    AccessKey key{.id = "AKIAEXAMPLE",
                  .principal_arn = "arn:aws:iam::000000000000:root",
                  .account = registry().account,
                  .user_id = "000000000000",
                  .sealed_secret = "c2VhbGVk",
                  .created_at = at(4)};
    change([&](Transaction& tx) {
        EXPECT_FALSE(tx.credentials().find(key.id));
        tx.credentials().put(key);
        key.sealed_secret = "b3RoZXI=";
        tx.credentials().put(key);
    });
    const auto found = look([&](Transaction& tx) { return tx.credentials().find(key.id); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->sealed_secret, "b3RoZXI=");
    EXPECT_EQ(found->principal_arn, key.principal_arn);
    EXPECT_EQ(found->account, key.account);
    EXPECT_EQ(found->user_id, key.user_id);
    EXPECT_EQ(found->created_at, key.created_at);

    auto other = key, stranger = key;
    other.id = "AKIAOTHER";
    stranger.id = "AKIASTRANGER";
    stranger.principal_arn = "arn:aws:iam::999999999999:root";
    change([&](Transaction& tx) {
        tx.credentials().put(other);
        tx.credentials().put(stranger);
        tx.credentials().erase_others(key.principal_arn, other.id);
    });
    EXPECT_FALSE(look([&](Transaction& tx) { return tx.credentials().find(key.id); }));
    EXPECT_TRUE(look([&](Transaction& tx) { return tx.credentials().find(other.id); }));
    EXPECT_TRUE(look([&](Transaction& tx) { return tx.credentials().find(stranger.id); }));
}

TEST_F(CredentialsContract, OneWriterOfASettingWins) {
    std::vector<std::string> seen(8);
    std::vector<std::thread> racers;
    for (std::size_t n = 0; n < seen.size(); ++n) {
        racers.emplace_back([&, n] {
            seen[n] = write([&](Transaction& tx) -> Result<std::string> {
                return tx.credentials().put_setting_if_absent("token-key", "value " + std::to_string(n));
            });
        });
    }
    for (auto& racer : racers) racer.join();
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 1U);
    EXPECT_EQ(write([&](Transaction& tx) -> Result<std::string> {
                  return tx.credentials().put_setting_if_absent("token-key", "late");
              }),
              seen[0]);
}

}  // namespace
}  // namespace berth::store::contract
