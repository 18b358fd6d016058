// Blobs that no image needs: when they are to be reviewed, and what comes of it.
#include "store/sqlite/contract.hpp"

#include <algorithm>

namespace berth::store::contract {
namespace {

const model::RepositoryId here{1};
const model::RepositoryId there{2};

model::Blob stored(std::string_view content) {
    return {.digest = digest(content),
            .size = content.size(),
            .location = {.key = "key of " + std::string(content), .inline_bytes = {}}};
}

model::Blob kept_inline(std::string_view content) {
    auto blob = stored(content);
    blob.location = {.key = "", .inline_bytes = std::make_shared<const std::string>(content)};
    return blob;
}

class ReviewsContract : public Contract {
protected:
    ReviewsContract() {
        change([](Transaction& tx) {
            (void)tx.repositories().insert(repository(1, "here"));
            (void)tx.repositories().insert(repository(2, "there"));
        });
    }

    // In `here`, to be reviewed at this time.
    void push(Transaction& tx, std::string_view content, std::int64_t review_at) {
        (void)tx.blobs().insert(stored(content), at(1));
        tx.blobs().link(here, digest(content), at(1), at(review_at));
    }
    static void push_image(Transaction& tx, std::int64_t id, std::string_view manifest,
                           std::vector<std::string_view> contents) {
        auto added = image(id, 1, manifest);
        for (const auto content : contents) {
            added.blobs.push_back({.media_type = "", .digest = digest(content), .size = content.size()});
        }
        tx.images().insert(added);
    }
    static Reviewed review(Transaction& tx, std::string_view content, std::int64_t now) {
        return tx.blobs().review({.repository = here, .digest = digest(content)}, at(now));
    }
    static std::optional<Timestamp> due(Transaction& tx, std::string_view content) {
        return tx.blobs().find(here, digest(content)).value().review_at;
    }
};

TEST_F(ReviewsContract, ABlobIsNotReviewedBeforeItsTime) {
    change([&](Transaction& tx) {
        push(tx, "layer", 100);
        EXPECT_EQ(due(tx, "layer"), at(100));
        EXPECT_TRUE(tx.blobs().due_reviews(at(99), 10).empty());
        EXPECT_EQ(review(tx, "layer", 99).outcome, ReviewOutcome::early);
        ASSERT_EQ(tx.blobs().due_reviews(at(100), 10).size(), 1U);
        EXPECT_EQ(tx.blobs().due_reviews(at(100), 10)[0].digest, digest("layer"));
        EXPECT_EQ(tx.blobs().due_reviews(at(100), 10)[0].repository, here);
        EXPECT_TRUE(tx.blobs().find(here, digest("layer")));
    });
}

TEST_F(ReviewsContract, WhatNobodyNeedsGoesWithItsRowsAndItsKeyIsDiscarded) {
    change([&](Transaction& tx) {
        push(tx, "layer", 100);
        const auto reviewed = review(tx, "layer", 100);
        EXPECT_EQ(reviewed.outcome, ReviewOutcome::unlinked);
        EXPECT_EQ(reviewed.forgotten.value().key, "key of layer");
        EXPECT_EQ(reviewed.forgotten.value().size, 5U);
        EXPECT_FALSE(tx.blobs().find(here, digest("layer")));
        EXPECT_FALSE(tx.blobs().find(digest("layer")));
        EXPECT_EQ(tx.blobs().discarded_keys(10), std::vector<std::string>{"key of layer"});
        EXPECT_TRUE(tx.blobs().due_reviews(at(999), 10).empty());
        EXPECT_EQ(review(tx, "layer", 100).outcome, ReviewOutcome::early);
    });
}

TEST_F(ReviewsContract, InlineBytesGoWithTheRows) {
    change([&](Transaction& tx) {
        (void)tx.blobs().insert(kept_inline("small"), at(1));
        tx.blobs().link(here, digest("small"), at(1), at(5));
        EXPECT_EQ(review(tx, "small", 5).forgotten.value().key, "");
        EXPECT_FALSE(tx.blobs().inline_bytes(digest("small")));
        EXPECT_TRUE(tx.blobs().discarded_keys(10).empty());
        // The same bytes may come again.
        EXPECT_EQ(tx.blobs().insert(kept_inline("small"), at(6)), Inserted::yes);
    });
}

TEST_F(ReviewsContract, WhatAnImageNeedsLeavesTheQueueUntilTheImageGoes) {
    change([&](Transaction& tx) {
        push(tx, "layer", 100);
        push_image(tx, 1, "manifest", {"layer"});
        EXPECT_EQ(review(tx, "layer", 100).outcome, ReviewOutcome::needed);
        EXPECT_EQ(due(tx, "layer"), std::nullopt);
        EXPECT_TRUE(tx.blobs().due_reviews(at(999), 10).empty());

        EXPECT_EQ(tx.images().erase(model::ImageRowId{1}, at(500)), std::vector{digest("layer")});
        EXPECT_EQ(due(tx, "layer"), at(500));
        EXPECT_EQ(review(tx, "layer", 500).outcome, ReviewOutcome::unlinked);
    });
}

TEST_F(ReviewsContract, TheLastImageThatNeedsABlobDecides) {
    change([&](Transaction& tx) {
        push(tx, "shared", 100);
        push(tx, "own", 100);
        push_image(tx, 1, "first", {"shared", "own"});
        push_image(tx, 2, "second", {"shared"});
        EXPECT_EQ(review(tx, "shared", 100).outcome, ReviewOutcome::needed);
        EXPECT_EQ(review(tx, "own", 100).outcome, ReviewOutcome::needed);
        EXPECT_EQ(tx.images().erase(model::ImageRowId{1}, at(200)), std::vector{digest("own")});
        EXPECT_EQ(due(tx, "shared"), std::nullopt);
        EXPECT_EQ(due(tx, "own"), at(200));
        EXPECT_EQ(tx.images().erase(model::ImageRowId{2}, at(300)), std::vector{digest("shared")});
        EXPECT_EQ(due(tx, "shared"), at(300));
        EXPECT_TRUE(tx.images().erase(model::ImageRowId{2}, at(400)).empty());
    });
}

TEST_F(ReviewsContract, AReviewIsPostponedAndNeverBroughtForward) {
    change([&](Transaction& tx) {
        push(tx, "layer", 100);
        EXPECT_TRUE(tx.blobs().postpone_review(here, digest("layer"), at(150)));
        EXPECT_TRUE(tx.blobs().postpone_review(here, digest("layer"), at(120)));
        EXPECT_EQ(due(tx, "layer"), at(150));
        tx.blobs().link(here, digest("layer"), at(2), at(140));
        EXPECT_EQ(due(tx, "layer"), at(150));
        tx.blobs().link(here, digest("layer"), at(2), at(160));
        EXPECT_EQ(due(tx, "layer"), at(160));
        push_image(tx, 1, "manifest", {"layer"});
        EXPECT_EQ(tx.images().erase(model::ImageRowId{1}, at(90)).size(), 1U);
        EXPECT_EQ(due(tx, "layer"), at(160));
        EXPECT_FALSE(tx.blobs().postpone_review(there, digest("layer"), at(500)));
        EXPECT_FALSE(tx.blobs().postpone_review(here, digest("nothing"), at(500)));
    });
}

TEST_F(ReviewsContract, WhatIsNeededHasNoTimeWhateverIsAsked) {
    change([&](Transaction& tx) {
        push(tx, "layer", 100);
        push_image(tx, 1, "manifest", {"layer"});
        EXPECT_EQ(review(tx, "layer", 100).outcome, ReviewOutcome::needed);
        EXPECT_TRUE(tx.blobs().postpone_review(here, digest("layer"), at(900)));
        tx.blobs().link(here, digest("layer"), at(2), at(900));
        EXPECT_EQ(due(tx, "layer"), std::nullopt);
    });
}

TEST_F(ReviewsContract, EachRepositoryHasItsOwnTimeAndTheLastOneTakesTheBlob) {
    change([&](Transaction& tx) {
        push(tx, "layer", 100);
        tx.blobs().link(there, digest("layer"), at(1), at(200));
        const auto first = review(tx, "layer", 100);
        EXPECT_EQ(first.outcome, ReviewOutcome::unlinked);
        EXPECT_FALSE(first.forgotten);
        EXPECT_FALSE(tx.blobs().find(here, digest("layer")));
        EXPECT_TRUE(tx.blobs().find(there, digest("layer")));
        EXPECT_TRUE(tx.blobs().discarded_keys(10).empty());
        EXPECT_TRUE(tx.blobs().unlink(there, digest("layer"), at(150)));
        EXPECT_FALSE(tx.blobs().find(digest("layer")));
        EXPECT_EQ(tx.blobs().discarded_keys(10).size(), 1U);
        EXPECT_FALSE(tx.blobs().unlink(there, digest("layer"), at(150)));
    });
}

TEST_F(ReviewsContract, TheLongestWaitingComeFirstAndNoMoreThanAskedFor) {
    change([&](Transaction& tx) {
        push(tx, "c", 300);
        push(tx, "a", 100);
        push(tx, "b", 200);
        const auto due = tx.blobs().due_reviews(at(250), 10);
        ASSERT_EQ(due.size(), 2U);
        EXPECT_EQ(due[0].digest, digest("a"));
        EXPECT_EQ(due[1].digest, digest("b"));
        EXPECT_EQ(tx.blobs().due_reviews(at(999), 1).size(), 1U);
    });
}

TEST_F(ReviewsContract, AnImageOfAnotherRepositoryDoesNotCount) {
    change([&](Transaction& tx) {
        push(tx, "layer", 100);
        tx.blobs().link(there, digest("layer"), at(1), at(100));
        auto added = image(1, 2, "manifest");
        added.blobs = {{.media_type = "", .digest = digest("layer"), .size = 5}};
        tx.images().insert(added);
        EXPECT_EQ(review(tx, "layer", 100).outcome, ReviewOutcome::unlinked);
        EXPECT_TRUE(tx.blobs().find(there, digest("layer")));
    });
}

TEST_F(ReviewsContract, AnImageWhoseBlobWasNeverPushedKeepsItOnceItComes) {
    change([&](Transaction& tx) {
        push_image(tx, 1, "manifest", {"layer"});
        push(tx, "layer", 100);
        EXPECT_EQ(review(tx, "layer", 100).outcome, ReviewOutcome::needed);
    });
}

TEST_F(ReviewsContract, PurgingARepositoryForgetsTheBlobsThatOnlyItHad) {
    change([&](Transaction& tx) {
        push(tx, "own", 100);
        push(tx, "shared", 100);
        push_image(tx, 1, "manifest", {"own", "shared"});
        tx.blobs().link(there, digest("shared"), at(1), at(100));
        tx.repositories().mark_deleted(here, at(5));
        while (tx.repositories().purge(3) > 0) {
        }
        EXPECT_FALSE(tx.blobs().find(digest("own")));
        EXPECT_EQ(tx.blobs().discarded_keys(10), std::vector<std::string>{"key of own"});
        EXPECT_TRUE(tx.blobs().find(there, digest("shared")));
        EXPECT_EQ(tx.blobs().due_reviews(at(999), 10).size(), 1U);
    });
}

TEST_F(ReviewsContract, EverythingCanBeAskedForAPageAtATime) {
    change([&](Transaction& tx) {
        for (const auto content : {"a", "b", "c"}) push(tx, content, 100);
        push_image(tx, 1, "first", {"a", "b"});
        push_image(tx, 2, "second", {"a", "absent"});
        std::vector<model::Digest> seen;
        std::string after;
        for (auto page = tx.blobs().page(after, 2); !page.empty(); page = tx.blobs().page(after, 2)) {
            for (const auto& blob : page) seen.push_back(blob.digest);
            after = page.back().digest.text();
        }
        EXPECT_EQ(seen.size(), 3U);
        EXPECT_TRUE(std::ranges::is_sorted(seen, {}, &model::Digest::text));

        std::vector<std::string> needs;
        BlobNeedPosition position;
        for (auto page = tx.blobs().needs(position, 1); !page.empty(); page = tx.blobs().needs(position, 1)) {
            const auto& need = page.back();
            EXPECT_EQ(need.held, need.digest != digest("absent"));
            needs.push_back(need.digest.text() + std::to_string(static_cast<std::int64_t>(need.image)));
            position = {.repository = need.repository, .digest = need.digest.text(), .image = need.image};
        }
        EXPECT_EQ(needs.size(), 4U);

        EXPECT_EQ(tx.images().page(model::ImageRowId{0}, 1).at(0).digest, digest("first"));
        EXPECT_EQ(tx.images().page(model::ImageRowId{1}, 9).at(0).digest, digest("second"));
        EXPECT_TRUE(tx.images().page(model::ImageRowId{2}, 9).empty());
        EXPECT_EQ(tx.images().find(model::ImageRowId{2}).value().digest, digest("second"));
        EXPECT_FALSE(tx.images().find(model::ImageRowId{3}));
        EXPECT_EQ(tx.images().find_manifest(model::ImageRowId{1}), "first");
        EXPECT_FALSE(tx.images().find_manifest(model::ImageRowId{3}));
        EXPECT_EQ(tx.repositories().find(there).value().name, name("there"));
        tx.repositories().mark_deleted(there, at(9));
        EXPECT_FALSE(tx.repositories().find(there));
    });
}

TEST_F(ReviewsContract, AForgottenBlobMayBePushedAnew) {
    change([&](Transaction& tx) {
        push(tx, "layer", 100);
        tx.blobs().link(there, digest("layer"), at(1), at(100));
        push_image(tx, 1, "manifest", {"layer"});
        tx.blobs().forget(digest("layer"));
        EXPECT_FALSE(tx.blobs().find(digest("layer")));
        EXPECT_FALSE(tx.blobs().find(there, digest("layer")));
        EXPECT_TRUE(tx.blobs().discarded_keys(10).empty());
        EXPECT_TRUE(tx.blobs().referenced(here, digest("layer")));
        EXPECT_EQ(tx.blobs().insert(stored("layer"), at(2)), Inserted::yes);
        tx.blobs().discard_key("k", at(1));
        EXPECT_TRUE(tx.blobs().is_discarded("k"));
        EXPECT_FALSE(tx.blobs().is_discarded("l"));
    });
}

}  // namespace
}  // namespace berth::store::contract
