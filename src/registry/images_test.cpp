// Images by the rules of ECR: what a put needs, which tags move, what a delete takes, what is seen afterwards.
#include "registry/images.hpp"

#include "testing/manifests.hpp"
#include "testing/world.hpp"

#include <map>

namespace berth::registry {
namespace {

using namespace std::chrono_literals;
using model::TagMutability;
using testing::digest;
using testing::image_of;
using testing::image_type;
using testing::index_of;
using testing::repository;
using testing::tag;
using testing::wait_for;

model::ImageIdentifier by(const model::Tag& wanted) {
    return {.digest = std::nullopt, .tag = wanted};
}
model::ImageIdentifier by(const model::Digest& wanted) {
    return {.digest = wanted, .tag = std::nullopt};
}

class ImagesTest : public ::testing::Test {
protected:
    ImagesTest() {
        world_.create("app");
        world_.push("app", "config");
    }

    Result<PutImageOutcome> put(const std::string& bytes, const std::vector<std::string>& tags = {},
                                SamePush same = SamePush::is_an_error, std::string_view in = "app") {
        NewManifest manifest{.bytes = bytes, .media_type = {}, .expected_digest = {}, .tags = {}, .same_push = same};
        for (const auto& text : tags) manifest.tags.push_back(tag(text));
        return wait_for(world_.images.put(world_.root, repository(in), manifest));
    }
    template <class T>
    static FaultKind kind(const Result<T>& result) {
        return result ? FaultKind::internal : result.error().kind;
    }
    // The digest under a tag; nullopt: there is none.
    std::optional<model::Digest> at(const std::string& name) {
        const model::Reference wanted = tag(name);
        auto got = wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::no));
        if (!got) return std::nullopt;
        return (*got)->digest;
    }
    bool there(const std::string& manifest) {
        const model::Reference wanted = digest(manifest);
        return wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::no)).has_value();
    }
    // The results in one line each: what went, or the failure's code.
    std::vector<std::string> remove(std::vector<model::ImageIdentifier> ids) {
        std::vector<std::string> lines;
        const auto results =
            wait_for(world_.images.remove_batch(world_.root, app_, std::move(ids), LastTag::takes_the_image)).value();
        for (const auto& result : results) {
            if (const auto* failure = std::get_if<ImageFailure>(&result)) {
                lines.push_back(failure->code);
                continue;
            }
            std::string line;
            for (const auto& gone : std::get<std::vector<DeletedImage>>(result)) {
                line += "[" + std::string(gone.id.tag ? gone.id.tag->text() : "-") + "]";
            }
            lines.push_back(line);
        }
        return lines;
    }
    store::TaggedImage describe(const std::string& manifest) {
        return wait_for(world_.images.describe(world_.root, app_, {by(digest(manifest))})).value().front();
    }

    testing::World world_;
    const RepositoryRef app_ = repository("app");
    const std::string one_ = image_of("config", "one");
    const std::string two_ = image_of("config", "two");
};

using Lines = std::vector<std::string>;

TEST_F(ImagesTest, APutNeedsItsRepositoryItsBlobsAndItsChildren) {
    EXPECT_EQ(kind(put(one_, {"a"}, SamePush::is_an_error, "missing")), FaultKind::repository_not_found);
    EXPECT_EQ(kind(put(image_of("absent"))), FaultKind::layers_not_found);
    EXPECT_EQ(kind(put(index_of({one_}))), FaultKind::referenced_images_not_found);
    EXPECT_EQ(kind(put("{")), FaultKind::invalid_manifest);
    const auto absent = digest("absent");
    EXPECT_TRUE(put(image_of("config", "", &absent))) << "a subject need not be there";
    ASSERT_TRUE(put(one_));
    EXPECT_TRUE(put(index_of({one_})));
    world_.settings.missing_blobs = Missing::accept;
    world_.settings.missing_children = Missing::accept;
    EXPECT_TRUE(put(image_of("absent")));
    EXPECT_TRUE(put(index_of({two_})));
}

TEST_F(ImagesTest, BlobsOfAnotherRepositoryDoNotCount) {
    world_.create("other");
    EXPECT_EQ(kind(put(one_, {}, SamePush::is_an_error, "other")), FaultKind::layers_not_found);
}

TEST_F(ImagesTest, TheDigestGivenMustBeTheContents) {
    NewManifest manifest;
    manifest.bytes = one_;
    manifest.expected_digest = digest("else");
    EXPECT_EQ(kind(wait_for(world_.images.put(world_.root, app_, manifest))), FaultKind::digest_mismatch);
    manifest.expected_digest = model::Digest::of(one_, model::DigestAlgorithm::sha512);
    EXPECT_TRUE(wait_for(world_.images.put(world_.root, app_, manifest)));
}

TEST_F(ImagesTest, ThereIsALargestManifest) {
    world_.settings.manifest_bytes = one_.size();
    EXPECT_TRUE(put(one_));
    EXPECT_EQ(kind(put(one_ + " ")), FaultKind::too_large);
}

TEST_F(ImagesTest, TheSameAgainIsAnErrorForTheApiAlone) {
    ASSERT_TRUE(put(one_, {"a"}));
    EXPECT_EQ(kind(put(one_, {"a"})), FaultKind::image_exists);
    EXPECT_EQ(kind(put(one_)), FaultKind::image_exists);
    EXPECT_TRUE(put(one_, {"a"}, SamePush::succeeds_unless_immutable));
    EXPECT_TRUE(put(one_, {}, SamePush::succeeds_unless_immutable));
    world_.clock.advance(1h);
    const auto pushed = describe(one_).image.pushed_at;
    EXPECT_TRUE(put(one_, {"b"}));
    EXPECT_EQ(describe(one_).image.pushed_at, pushed) << "a new tag is no new push";
    EXPECT_EQ(describe(one_).tags, (std::vector{tag("a"), tag("b")}));
}

TEST_F(ImagesTest, ATagMovesAndLeavesTheOldImageUntagged) {
    ASSERT_TRUE(put(one_, {"a"}));
    ASSERT_EQ(at("a"), digest(one_));
    ASSERT_TRUE(put(two_, {"a"}));
    EXPECT_EQ(at("a"), digest(two_));
    EXPECT_TRUE(there(one_));
    EXPECT_TRUE(describe(one_).tags.empty());
}

TEST_F(ImagesTest, AnImageHasOnlySoManyTags) {
    world_.settings.tags_per_image = 2;
    ASSERT_TRUE(put(one_, {"a", "b"}));
    EXPECT_EQ(kind(put(one_, {"c"})), FaultKind::limit_exceeded);
    EXPECT_EQ(at("c"), std::nullopt);
    EXPECT_EQ(kind(put(two_, {"x", "y", "z"})), FaultKind::limit_exceeded);
    EXPECT_FALSE(there(two_));
}

struct Mode {
    model::TagMutabilityRule rule;
    bool release_moves;
    bool dev_moves;
};

TEST_F(ImagesTest, TheFourModesDecideWhichTagsMove) {
    const std::vector<model::TagExclusionFilter> dev = {{.filter = "dev*"}};
    const std::vector<Mode> modes = {{{TagMutability::mutable_tags, {}}, true, true},
                                     {{TagMutability::immutable_tags, {}}, false, false},
                                     {{TagMutability::immutable_with_exclusion, dev}, false, true},
                                     {{TagMutability::mutable_with_exclusion, dev}, true, false}};
    for (const auto& [rule, release_moves, dev_moves] : modes) {
        ASSERT_TRUE(wait_for(world_.repositories.set_tag_mutability(world_.root, app_, {})));
        static_cast<void>(put(one_, {"release", "dev-1"}, SamePush::succeeds_unless_immutable));
        ASSERT_EQ(at("release"), digest(one_));
        ASSERT_TRUE(wait_for(world_.repositories.set_tag_mutability(world_.root, app_, rule)));
        for (const auto& [name, moves] : {std::pair("release", release_moves), std::pair("dev-1", dev_moves)}) {
            // The same digest again: the API says so, the Distribution API refuses where the tag may not move.
            EXPECT_EQ(kind(put(one_, {name})), FaultKind::image_exists);
            const auto again = put(one_, {name}, SamePush::succeeds_unless_immutable);
            EXPECT_EQ(again.has_value(), moves);
            const auto moved = put(two_, {name});
            EXPECT_EQ(moved.has_value(), moves) << name;
            if (!moved) {
                EXPECT_EQ(moved.error().kind, FaultKind::tag_immutable);
            }
            EXPECT_EQ(at(name), digest(moves ? two_ : one_));
        }
        EXPECT_TRUE(put(one_, {"fresh"}, SamePush::succeeds_unless_immutable)) << "a new tag is always free";
        remove({by(tag("fresh"))});
    }
    world_.settings.immutable_repush = Repush::accept;
    ASSERT_TRUE(
        wait_for(world_.repositories.set_tag_mutability(world_.root, app_, {TagMutability::immutable_tags, {}})));
    EXPECT_TRUE(put(two_, {"release"}, SamePush::succeeds_unless_immutable) ||
                put(one_, {"release"}, SamePush::succeeds_unless_immutable));
}

TEST_F(ImagesTest, OfRacingPutsToAnImmutableTagOneWins) {
    ASSERT_TRUE(
        wait_for(world_.repositories.set_tag_mutability(world_.root, app_, {TagMutability::immutable_tags, {}})));
    for (int round = 0; round < 5; ++round) {
        const auto name = "race" + std::to_string(round);
        std::atomic<int> won = 0;
        std::atomic<int> refused = 0;
        testing::run_at_once(4, 32, [&](std::size_t n) -> Task<void> {
            return [](testing::World& world, RepositoryRef app, std::string wanted, std::string bytes,
                      std::atomic<int>& yes, std::atomic<int>& no) -> Task<void> {
                NewManifest manifest;
                manifest.bytes = std::move(bytes);
                manifest.tags = {tag(wanted)};
                auto done = co_await world.images.put(world.root, app, manifest);
                if (done) ++yes;
                if (!done && done.error().kind == FaultKind::tag_immutable) ++no;
            }(world_, app_, name, image_of("config", name + "-" + std::to_string(n)), won, refused);
        });
        EXPECT_EQ(won, 1);
        EXPECT_EQ(refused, 31);
        EXPECT_TRUE(at(name));
    }
}

TEST_F(ImagesTest, DeletesByTheBatchRules) {
    ASSERT_TRUE(put(one_, {"a", "b", "c"}));
    EXPECT_EQ(remove({by(tag("a"))}), Lines{"[a]"});
    EXPECT_TRUE(there(one_)) << "other tags keep it";
    EXPECT_EQ(remove({by(digest(one_)), by(tag("b")), by(digest(one_))}), (Lines{"[b][c]", "", ""}));
    EXPECT_FALSE(there(one_));
    ASSERT_TRUE(put(one_, {"a"}));
    EXPECT_EQ(remove({by(tag("a"))}), Lines{"[a]"});
    EXPECT_FALSE(there(one_)) << "the last tag takes the image";
    ASSERT_TRUE(put(one_));
    EXPECT_EQ(remove({by(digest(one_))}), Lines{"[-]"});
    // A tag and the digest it stands on: the tag alone goes.
    ASSERT_TRUE(put(one_, {"a", "b"}));
    EXPECT_EQ(remove({{.digest = digest(one_), .tag = tag("a")}}), Lines{"[a]"});
    EXPECT_EQ(at("b"), digest(one_));
}

TEST_F(ImagesTest, DeleteFailuresComeInTheirOrder) {
    ASSERT_TRUE(put(one_, {"a"}));
    ASSERT_TRUE(put(two_, {"b"}));
    EXPECT_EQ(remove({by(tag("none"))}), Lines{"ImageNotFound"});
    EXPECT_EQ(remove({by(digest("none"))}), Lines{"ImageNotFound"});
    EXPECT_EQ(remove({{.digest = digest(one_), .tag = tag("none")}}), Lines{"ImageNotFound"});
    EXPECT_EQ(remove({{.digest = digest(two_), .tag = tag("a")}}), Lines{"ImageTagDoesNotMatchDigest"});
    EXPECT_EQ(remove({{.digest = digest("none"), .tag = tag("a")}}), Lines{"ImageTagDoesNotMatchDigest"});
    ASSERT_TRUE(put(index_of({one_}), {"index"}));
    EXPECT_EQ(remove({{.digest = digest(two_), .tag = tag("a")}}), Lines{"ImageTagDoesNotMatchDigest"});
    EXPECT_EQ(remove({by(tag("a")), by(digest(one_)), by(tag("b"))}),
              (Lines{"ImageReferencedByManifestList", "ImageReferencedByManifestList", "[b]"}));
    EXPECT_EQ(at("a"), digest(one_)) << "the last tag of a child stays as well";
    EXPECT_EQ(remove({by(tag("index")), by(tag("a"))}), (Lines{"[index]", "[a]"}));
}

TEST_F(ImagesTest, AFailureNamesAllParents) {
    ASSERT_TRUE(put(one_));
    ASSERT_TRUE(put(two_));
    const auto first = index_of({one_});
    const auto second = index_of({one_, two_});
    ASSERT_TRUE(put(first));
    ASSERT_TRUE(put(second));
    const auto result =
        wait_for(world_.images.remove_batch(world_.root, app_, {by(digest(one_))}, LastTag::takes_the_image)).value();
    const auto& reason = std::get<ImageFailure>(result.front()).reason;
    EXPECT_NE(reason.find(digest(first).text()), std::string::npos);
    EXPECT_NE(reason.find(digest(second).text()), std::string::npos);
    world_.settings.delete_referenced = true;
    EXPECT_EQ(remove({by(digest(one_))}), Lines{"[-]"});
}

TEST_F(ImagesTest, TheDistributionApiTakesATagOrAnImage) {
    ASSERT_TRUE(put(one_, {"a"}));
    EXPECT_TRUE(wait_for(world_.images.remove(world_.root, app_, tag("a"))));
    EXPECT_EQ(at("a"), std::nullopt);
    EXPECT_TRUE(there(one_));
    EXPECT_EQ(kind(wait_for(world_.images.remove(world_.root, app_, tag("a")))), FaultKind::image_not_found);
    EXPECT_TRUE(wait_for(world_.images.remove(world_.root, app_, digest(one_))));
    EXPECT_FALSE(there(one_));
    EXPECT_EQ(kind(wait_for(world_.images.remove(world_.root, app_, digest(one_)))), FaultKind::image_not_found);
}

TEST_F(ImagesTest, DescribesEachImageOnceAndAllOrNothing) {
    ASSERT_TRUE(put(one_, {"a", "b"}));
    ASSERT_TRUE(put(two_));
    const auto described =
        wait_for(world_.images.describe(world_.root, app_, {by(tag("b")), by(digest(two_)), by(digest(one_))})).value();
    ASSERT_EQ(described.size(), 2);
    EXPECT_EQ(described[0].image.digest, digest(one_));
    EXPECT_EQ(described[0].tags.size(), 2);
    EXPECT_EQ(kind(wait_for(world_.images.describe(world_.root, app_, {by(tag("b")), by(tag("none"))}))),
              FaultKind::image_not_found);
    EXPECT_EQ(kind(wait_for(world_.images.describe(world_.root, app_, {{digest(two_), tag("b")}}))),
              FaultKind::image_not_found);
}

TEST_F(ImagesTest, ListsReferrersAndOutlivesTheSubject) {
    ASSERT_TRUE(put(one_, {"a"}));
    const auto subject = digest(one_);
    const auto signature = image_of("config", "signature", &subject);
    EXPECT_EQ(put(signature).value().subject, subject);
    const auto list = [&](const model::Digest& of, std::string type) {
        return wait_for(world_.images.referrers(world_.root, app_, of, std::move(type), "", 10)).value().size();
    };
    EXPECT_EQ(list(subject, ""), 1);
    EXPECT_EQ(list(subject, "application/vnd.oci.image.config.v1+json"), 1);
    EXPECT_EQ(list(subject, "application/else"), 0);
    EXPECT_EQ(list(digest("unknown"), ""), 0);
    remove({by(subject)});
    EXPECT_EQ(list(subject, ""), 1);
}

TEST_F(ImagesTest, NotesPullsOnceAMinute) {
    ASSERT_TRUE(put(one_, {"a"}));
    const model::Reference wanted = tag("a");
    const auto pull = [&](Images::Pull counts) {
        ASSERT_TRUE(wait_for(world_.images.get(world_.root, app_, wanted, counts)));
    };
    const auto flush = [&] { return wait_for(world_.services.pulls.flush(*world_.metadata)).value(); };
    pull(Images::Pull::no);
    EXPECT_EQ(flush(), 0);
    EXPECT_EQ(describe(one_).image.last_pulled_at, std::nullopt);
    pull(Images::Pull::yes);
    const auto first = world_.clock.now();
    EXPECT_EQ(flush(), 1);
    EXPECT_EQ(describe(one_).image.last_pulled_at, first);
    world_.clock.advance(PullRecorder::resolution - 1ms);
    pull(Images::Pull::yes);
    EXPECT_EQ(flush(), 0);
    world_.clock.advance(1ms);
    pull(Images::Pull::yes);
    EXPECT_EQ(flush(), 1);
    EXPECT_EQ(describe(one_).image.last_pulled_at, world_.clock.now());
    // An image that is gone by then is no trouble.
    world_.clock.advance(1h);
    pull(Images::Pull::yes);
    remove({by(tag("a"))});
    EXPECT_TRUE(wait_for(world_.services.pulls.flush(*world_.metadata)));
}

// Threads with a repository each do random things and compare with a plain map after each; others only read.
TEST_F(ImagesTest, WhatIsReadIsAlwaysTheLastChange) {
    const auto work = [](testing::World& world, std::size_t seed) -> Task<void> {
        const auto mine = repository("model" + std::to_string(seed));
        std::map<std::string, std::string> tags;
        std::mt19937_64 random(seed);
        for (int step = 0; step < 150; ++step) {
            const auto name = "t" + std::to_string(random() % 4);
            const auto bytes = image_of("config", std::to_string(random() % 5));
            if (random() % 3 != 0) {
                NewManifest manifest;
                manifest.bytes = bytes;
                manifest.tags = {tag(name)};
                manifest.same_push = SamePush::succeeds_unless_immutable;
                auto done = co_await world.images.put(world.root, mine, manifest);
                EXPECT_TRUE(done);
                tags[name] = bytes;
            } else if (random() % 2 == 0) {
                auto done = co_await world.images.remove(world.root, mine, tag(name));
                EXPECT_EQ(done.has_value(), tags.erase(name) == 1);
            } else {
                auto done = co_await world.images.remove(world.root, mine, digest(bytes));
                std::erase_if(tags, [&](const auto& entry) { return entry.second == bytes; });
            }
            for (int t = 0; t < 4; ++t) {
                const auto each = "t" + std::to_string(t);
                const model::Reference wanted = tag(each);
                auto got = co_await world.images.get(world.root, mine, wanted, Images::Pull::yes);
                EXPECT_EQ(got.has_value(), tags.contains(each)) << seed << " " << step;
                if (got) {
                    EXPECT_EQ(*(*got)->bytes, tags[each]) << seed << " " << step;
                }
            }
            auto listed = co_await world.images.tag_page(world.root, mine, "", ReadCache::max_tag_page);
            TagNames expected;
            for (const auto& [each, ignored] : tags) expected.push_back(each);
            EXPECT_EQ(**listed, expected);
        }
    };
    for (std::size_t n = 0; n < 4; ++n) {
        world_.create("model" + std::to_string(n));
        world_.push("model" + std::to_string(n), "config");
    }
    // Readers that fill the caches at the wrong moments, for all four.
    const auto disturb = [](testing::World& world, std::size_t n) -> Task<void> {
        const auto theirs = repository("model" + std::to_string(n % 4));
        for (int i = 0; i < 600; ++i) {
            const model::Reference wanted = tag("t" + std::to_string(i % 4));
            auto got = co_await world.images.get(world.root, theirs, wanted, Images::Pull::no);
            auto listed = co_await world.images.tag_page(world.root, theirs, "", ReadCache::max_tag_page);
            EXPECT_TRUE(listed);
        }
    };
    testing::run_at_once(4, 8, [&](std::size_t n) { return n < 4 ? work(world_, n) : disturb(world_, n + 1); });
}

}  // namespace
}  // namespace berth::registry
