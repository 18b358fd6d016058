// The recycle bin: what goes in, what is seen of it, what it keeps, how it empties.
#include "store/sqlite/contract.hpp"

namespace berth::store::contract {
namespace {

constexpr model::RepositoryId app{1};
constexpr model::RepositoryId other{2};

class BinContract : public Contract {
protected:
    BinContract() {
        change([](Transaction& tx) {
            (void)tx.repositories().insert(repository(1, "app"));
            (void)tx.repositories().insert(repository(2, "other"));
        });
    }
    static model::Blob layer(std::string_view content, std::string_view key) {
        return {.digest = digest(content),
                .size = content.size(),
                .location = {.key = std::string(key), .inline_bytes = {}}};
    }
    // An image of one layer with two tags, v1 older than latest.
    static void push(Transaction& tx, std::int64_t id, std::string_view manifest, model::RepositoryId in = app) {
        auto added = image(id, static_cast<std::int64_t>(in), manifest);
        added.image.last_pulled_at = at(77);
        added.image.artifact_type = "application/x";
        added.image.subject = digest("subject");
        added.blobs = {{.media_type = "", .digest = digest("layer"), .size = 5}};
        added.children = {digest("child")};
        (void)tx.blobs().insert(layer("layer", "k"), at(1));
        tx.blobs().link(in, digest("layer"), at(1), at(2));
        tx.images().insert(added);
        tx.images().put_tag(in, tag("v1"), model::ImageRowId{id}, at(1));
        tx.images().put_tag(in, tag("latest"), model::ImageRowId{id}, at(2));
    }
    static void bin(Transaction& tx, std::int64_t id, std::int64_t when, std::vector<model::Tag> lost = {}) {
        tx.bin().put(model::ImageRowId{id}, lost, model::by_principal("arn:somebody"), at(when));
    }
    std::vector<std::string> pages(std::size_t limit) {
        return look([&](Transaction& tx) {
            std::vector<std::string> seen;
            BinPosition after;
            for (;;) {
                const auto page = tx.bin().page(app, after, limit);
                if (page.empty()) return seen;
                for (const auto& binned : page) seen.push_back(binned.image.digest.text());
                after = {.deleted_at = page.back().deleted_at, .id = static_cast<std::int64_t>(page.back().image.id)};
            }
        });
    }
};

TEST_F(BinContract, AnImageInTheBinIsNowhereElse) {
    change([](Transaction& tx) {
        push(tx, 10, "m");
        bin(tx, 10, 500);
        EXPECT_FALSE(tx.images().find(app, digest("m")));
        EXPECT_FALSE(tx.images().find(app, tag("v1")));
        EXPECT_FALSE(tx.images().any(app));
        EXPECT_TRUE(tx.images().tag_page(app, "", 10).empty());
        EXPECT_TRUE(tx.images().parents(app, digest("child")).empty());
        EXPECT_TRUE(tx.images().referrers(app, digest("subject"), "", "", 10).empty());
        EXPECT_FALSE(tx.blobs().referenced(app, digest("layer")));
    });
}

TEST_F(BinContract, AnImageIsAnywhereAsLongAsARepositoryOrItsBinHasIt) {
    change([](Transaction& tx) {
        EXPECT_FALSE(tx.images().is_anywhere(digest("m")));
        push(tx, 10, "m");
        push(tx, 11, "m", other);
        (void)tx.images().erase(model::ImageRowId{10}, at(2));
        EXPECT_TRUE(tx.images().is_anywhere(digest("m")));
        bin(tx, 11, 500);
        EXPECT_TRUE(tx.images().is_anywhere(digest("m"))) << "in a bin";
        (void)tx.bin().erase(model::ImageRowId{11}, at(2), at(3));
        EXPECT_FALSE(tx.images().is_anywhere(digest("m")));
        push(tx, 12, "m");
        tx.repositories().mark_deleted(app, at(9));
        EXPECT_FALSE(tx.images().is_anywhere(digest("m"))) << "its repository is gone";
    });
}

TEST_F(BinContract, ItIsKeptAsItWas) {
    change([](Transaction& tx) {
        push(tx, 10, "m");
        tx.bin().put(model::ImageRowId{10}, std::vector{tag("lost")}, model::by_lifecycle_rule(3), at(500));
    });
    const auto found = look([](Transaction& tx) { return tx.bin().find(app, digest("m")); }).value();
    EXPECT_EQ(found.image.id, model::ImageRowId{10});
    EXPECT_EQ(found.image.repository, app);
    EXPECT_EQ(found.image.media_type, "application/vnd.oci.image.manifest.v1+json");
    EXPECT_EQ(found.image.artifact_type, "application/x");
    EXPECT_EQ(found.image.subject, digest("subject"));
    EXPECT_EQ(found.image.pushed_at, at(5010));
    EXPECT_EQ(found.image.last_pulled_at, at(77));
    EXPECT_EQ(found.tags, (std::vector{tag("v1"), tag("latest"), tag("lost")}));
    EXPECT_EQ(found.deleted_at, at(500));
    EXPECT_EQ(found.cause, model::by_lifecycle_rule(3));
    EXPECT_EQ(look([](Transaction& tx) { return tx.bin().manifest(model::ImageRowId{10}); }), "m");
}

TEST_F(BinContract, ATagNamesTheLatestDeleted) {
    change([](Transaction& tx) {
        push(tx, 10, "newer by id");
        bin(tx, 10, 900);
        push(tx, 11, "older by deletion");
        bin(tx, 11, 800);
        EXPECT_EQ(tx.bin().find(app, tag("v1")).value().image.digest, digest("newer by id"));
        EXPECT_FALSE(tx.bin().find(other, tag("v1")));
        EXPECT_FALSE(tx.bin().find(app, tag("nobody")));
        EXPECT_FALSE(tx.bin().find(app, digest("nobody")));
    });
}

TEST_F(BinContract, ADigestIsInTheBinOnce) {
    change([](Transaction& tx) {
        push(tx, 10, "m");
        bin(tx, 10, 500);
        push(tx, 11, "m");
        EXPECT_TRUE(tx.images().find(app, digest("m"))) << "pushed again: in the repository and in the bin";
        EXPECT_EQ(tx.bin().find(app, digest("m")).value().image.id, model::ImageRowId{10});
        bin(tx, 11, 600);
        EXPECT_EQ(tx.bin().page(app, {}, 10).size(), 1U);
        EXPECT_EQ(tx.bin().find(app, digest("m")).value().image.id, model::ImageRowId{11});
        EXPECT_EQ(tx.bin().manifest(model::ImageRowId{11}), "m");
    });
}

TEST_F(BinContract, PagesDescendFromTheLatestDeletion) {
    change([](Transaction& tx) {
        for (int id = 10; id < 15; ++id) push(tx, id, "m" + std::to_string(id));
        bin(tx, 12, 500);
        for (const int id : {10, 11, 13}) bin(tx, id, 600);
        bin(tx, 14, 400);
    });
    const std::vector<std::string> expected{digest("m13").text(), digest("m11").text(), digest("m10").text(),
                                            digest("m12").text(), digest("m14").text()};
    for (const std::size_t limit : {1U, 2U, 5U, 100U}) EXPECT_EQ(pages(limit), expected) << limit;
}

TEST_F(BinContract, ARegistrysBinSpansItsRepositories) {
    change([](Transaction& tx) {
        auto foreign = repository(3, "foreign");
        foreign.registry = registry("111111111111");
        (void)tx.repositories().insert(foreign);
        push(tx, 10, "a", app);
        push(tx, 11, "b", other);
        push(tx, 12, "c", model::RepositoryId{3});
        for (const int id : {10, 11, 12}) bin(tx, id, 500 + id);
        const auto all = tx.bin().page(registry(), {}, 10);
        ASSERT_EQ(all.size(), 2U);
        EXPECT_EQ(all[0].repository, name("other"));
        EXPECT_EQ(all[1].repository, name("app"));
        EXPECT_EQ(all[1].binned.tags.size(), 2U);
        tx.repositories().mark_deleted(other, at(900));
        EXPECT_EQ(tx.bin().page(registry(), {}, 10).size(), 1U) << "a deleted repository's bin is not seen";
    });
}

TEST_F(BinContract, TheBinKeepsBlobs) {
    change([](Transaction& tx) {
        push(tx, 10, "m");
        bin(tx, 10, 500);
        EXPECT_FALSE(tx.blobs().unlink(app, digest("layer"), at(900)));
        EXPECT_FALSE(tx.blobs().find(app, digest("layer")));
        EXPECT_TRUE(tx.blobs().find(digest("layer"))) << "the image in the bin needs it";

        EXPECT_EQ(tx.bin().erase(model::ImageRowId{10}, at(2000), at(1000)), std::vector{digest("layer")});
        EXPECT_FALSE(tx.bin().find(app, digest("m")));
        EXPECT_FALSE(tx.bin().find(app, tag("v1")));
        EXPECT_FALSE(tx.blobs().find(digest("layer"))) << "neither a repository nor a bin had it any more";
        EXPECT_EQ(tx.blobs().discarded_keys(10), std::vector<std::string>{"k"});
    });
}

TEST_F(BinContract, ABlobOfTheBinIsReviewedOnlyAfterItsImageLeftTheBin) {
    change([](Transaction& tx) {
        push(tx, 10, "m");
        bin(tx, 10, 500);
        EXPECT_EQ(tx.blobs().review({.repository = app, .digest = digest("layer")}, at(1000)).outcome,
                  ReviewOutcome::needed);

        EXPECT_EQ(tx.bin().erase(model::ImageRowId{10}, at(2000), at(1000)), std::vector{digest("layer")});
        EXPECT_TRUE(tx.blobs().find(app, digest("layer"))) << "a client may have been promised it";
        EXPECT_TRUE(tx.blobs().due_reviews(at(1999), 10).empty());
        EXPECT_EQ(tx.blobs().due_reviews(at(2000), 10).size(), 1U);
        EXPECT_EQ(tx.blobs().review({.repository = app, .digest = digest("layer")}, at(2000)).outcome,
                  ReviewOutcome::unlinked);
        EXPECT_FALSE(tx.blobs().find(digest("layer")));
    });
}

TEST_F(BinContract, ErasingTouchesOnlyTheBin) {
    change([](Transaction& tx) {
        push(tx, 10, "m");
        EXPECT_TRUE(tx.bin().erase(model::ImageRowId{10}, at(2000), at(1000)).empty());
        EXPECT_EQ(tx.images().manifest(model::ImageRowId{10}), "m");
    });
}

TEST_F(BinContract, TheOldestAreDueFirst) {
    change([](Transaction& tx) {
        for (int id = 10; id < 15; ++id) {
            push(tx, id, "m" + std::to_string(id));
            bin(tx, id, 500 + id);
        }
        const auto due = [&](int before, std::size_t limit) {
            std::vector<model::Digest> digests;
            for (const auto& one : tx.bin().due(at(before), limit)) digests.push_back(one.digest);
            return digests;
        };
        EXPECT_TRUE(due(510, 10).empty());
        EXPECT_EQ(due(514, 3), (std::vector{digest("m10"), digest("m11"), digest("m12")}));
        EXPECT_EQ(due(514, 9).size(), 4U) << "deleted at the limit itself: not before it";
        tx.bin().erase(model::ImageRowId{10}, at(9000), at(1000));
        EXPECT_EQ(due(514, 1), std::vector{digest("m11")});
    });
}

TEST_F(BinContract, FollowersAreThoseThatWentNoSoonerThanTheirSubject) {
    change([](Transaction& tx) {
        for (int id = 10; id < 13; ++id) push(tx, id, "m" + std::to_string(id));
        bin(tx, 10, 500);
        bin(tx, 11, 600);
        bin(tx, 12, 700);
        const auto found = tx.bin().followers(app, digest("subject"), at(600), 9);
        ASSERT_EQ(found.size(), 2U);
        EXPECT_NE(found[0].image.digest, digest("m10"));
        EXPECT_NE(found[1].image.digest, digest("m10"));
        EXPECT_EQ(tx.bin().followers(app, digest("subject"), at(600), 1).size(), 1U);
        EXPECT_EQ(tx.bin().followers(app, digest("subject"), at(700), 9).at(0).tags,
                  (std::vector{tag("v1"), tag("latest")}));
        EXPECT_TRUE(tx.bin().followers(app, digest("m10"), at(0), 9).empty());
        EXPECT_TRUE(tx.bin().followers(other, digest("subject"), at(0), 9).empty());
    });
}

TEST_F(BinContract, ACheckSeesAllImagesAndWhatTheyNeed) {
    change([](Transaction& tx) {
        push(tx, 10, "a");
        push(tx, 11, "b", other);
        bin(tx, 10, 500);
        bin(tx, 11, 400);
        push(tx, 12, "still there");
        EXPECT_EQ(tx.bin().page(model::ImageRowId{0}, 1).at(0).digest, digest("a"));
        EXPECT_EQ(tx.bin().page(model::ImageRowId{10}, 9).at(0).digest, digest("b"));
        EXPECT_TRUE(tx.bin().page(model::ImageRowId{11}, 9).empty());
        EXPECT_EQ(tx.bin().find(model::ImageRowId{10}).value().tags.size(), 2U);
        EXPECT_FALSE(tx.bin().find(model::ImageRowId{12}));
        EXPECT_EQ(tx.bin().find_manifest(model::ImageRowId{10}), "a");

        const auto needs = tx.blobs().bin_needs({}, 9);
        ASSERT_EQ(needs.size(), 2U);
        EXPECT_EQ(needs[0].repository, app);
        EXPECT_EQ(needs[1].image, model::ImageRowId{11});
        EXPECT_TRUE(needs[0].held);
        const auto rest = tx.blobs().bin_needs(
            {.repository = needs[0].repository, .digest = needs[0].digest.text(), .image = needs[0].image}, 9);
        ASSERT_EQ(rest.size(), 1U);
        EXPECT_EQ(rest[0].repository, other);
        tx.blobs().forget(digest("layer"));
        EXPECT_FALSE(tx.blobs().bin_needs({}, 1).at(0).held);
    });
}

TEST_F(BinContract, ADeletedRepositoryTakesItsBinAlong) {
    change([](Transaction& tx) {
        push(tx, 10, "m");
        bin(tx, 10, 500);
        tx.repositories().mark_deleted(app, at(600));
        while (tx.repositories().purge(1) > 0) {
        }
        EXPECT_FALSE(tx.bin().find(app, digest("m")));
        EXPECT_FALSE(tx.bin().find(app, tag("v1")));
        EXPECT_FALSE(tx.blobs().find(digest("layer")));
    });
}

TEST_F(BinContract, EventsSayWhoCausedThem) {
    change([](Transaction& tx) {
        Event event{.id = 1,
                    .registry = registry(),
                    .kind = "image.delete",
                    .repository = "app",
                    .digest = "",
                    .tag = "",
                    .media_type = "",
                    .at = at(1),
                    .cause = model::by_lifecycle_rule(7)};
        tx.outbox().append(event);
        event.id = 2;
        event.cause = model::by_principal("arn:somebody");
        tx.outbox().append(event);
        const auto page = tx.outbox().page(0, 10);
        ASSERT_EQ(page.size(), 2U);
        EXPECT_EQ(page[0].cause, model::by_lifecycle_rule(7));
        EXPECT_EQ(page[1].cause, model::by_principal("arn:somebody"));
    });
}

}  // namespace
}  // namespace berth::store::contract
