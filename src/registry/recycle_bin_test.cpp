// What was deleted can be seen, brought back with its tags, or purged; and nothing it needs goes before it.
#include "registry/recycle_bin.hpp"

#include "registry/events.hpp"
#include "testing/manifests.hpp"
#include "testing/world.hpp"

namespace berth::registry {
namespace {

using namespace std::chrono_literals;
using testing::digest;
using testing::image_of;
using testing::index_of;
using testing::repository;
using testing::tag;
using testing::wait_for;

using Lines = std::vector<std::string>;

model::ImageIdentifier by_tag(std::string_view text) {
    return {.digest = std::nullopt, .tag = tag(text)};
}
model::ImageIdentifier by_digest(const std::string& manifest) {
    return {.digest = digest(manifest), .tag = std::nullopt};
}
// The results of a batch, one line each: the tags (or "-"), or the failure's code.
template <class Outcome>
Lines lines_of(const std::vector<Outcome>& results) {
    Lines lines;
    for (const auto& result : results) {
        if (const auto* failure = std::get_if<ImageFailure>(&result)) {
            lines.push_back(failure->code);
            continue;
        }
        std::string line;
        for (const auto& pair : std::get<0>(result)) line += "[" + (pair.id.tag ? pair.id.tag->text() : "-") + "]";
        lines.push_back(line);
    }
    return lines;
}

class RecycleBinTest : public ::testing::Test {
protected:
    RecycleBinTest() {
        app_row_ = world_.create("app").id;
        world_.push("app", "config");
    }
    void put(const std::string& bytes, const std::vector<std::string>& tags = {}) {
        NewManifest manifest{.bytes = bytes, .media_type = {}, .expected_digest = {}, .tags = {}};
        for (const auto& text : tags) manifest.tags.push_back(tag(text));
        const auto done = wait_for(world_.images.put(world_.root, app_, manifest));
        ASSERT_TRUE(done) << done.error().message;
    }
    Lines remove(std::vector<model::ImageIdentifier> ids) {
        return lines_of(
            wait_for(world_.images.remove_batch(world_.root, app_, std::move(ids), LastTag::takes_the_image)).value());
    }
    Lines restore(std::vector<model::ImageIdentifier> ids, TagConflict conflict = TagConflict::fails) {
        return lines_of(wait_for(world_.bin.restore(world_.root, app_, std::move(ids), conflict)).value());
    }
    // The digest under a tag; empty: there is none.
    std::string at(std::string_view name) {
        const model::Reference wanted = tag(name);
        auto got = wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::no));
        return got ? (*got)->digest.text() : "";
    }
    bool there(const std::string& manifest) {
        const model::Reference wanted = digest(manifest);
        const auto got = wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::no));
        if (got) {
            EXPECT_EQ(*(*got)->bytes, manifest);
        }
        return got.has_value();
    }
    std::vector<store::BinEntry> binned() {
        return wait_for(world_.bin.page(world_.root, testing::own_registry(), app_.name, {}, 100)).value();
    }
    std::vector<store::Event> events() {
        return world_.look([](store::Transaction& tx) { return tx.outbox().page(0, 1000); });
    }
    // As the job does, once the grace of what nobody needs is over.
    void collect() {
        world_.clock.advance(std::chrono::hours(24 * 2));
        EXPECT_TRUE(wait_for(world_.collector.collect(1000)));
    }

    testing::World world_;
    const RepositoryRef app_ = repository("app");
    model::RepositoryId app_row_{};
    const std::string one_ = image_of("config", "one");
    const std::string two_ = image_of("config", "two");
};

TEST_F(RecycleBinTest, WhatWasDeletedComesBackAsItWas) {
    put(one_, {"a", "b"});
    const auto before = wait_for(world_.images.describe(world_.root, app_, {by_tag("a")})).value().front();
    world_.clock.advance(1h);
    ASSERT_EQ(remove({by_digest(one_)}), Lines{"[a][b]"});
    EXPECT_FALSE(there(one_));
    EXPECT_EQ(at("a"), "");
    ASSERT_EQ(binned().size(), 1U);
    EXPECT_EQ(binned()[0].binned.cause, model::by_principal(world_.root.principal.arn));
    EXPECT_EQ(binned()[0].binned.deleted_at, world_.clock.now());
    EXPECT_EQ(world_.bin.expiry(binned()[0].binned.deleted_at), world_.clock.now() + std::chrono::days(7));

    EXPECT_EQ(restore({by_digest(one_)}), Lines{"[a][b]"});
    EXPECT_TRUE(there(one_));
    EXPECT_EQ(at("a"), digest(one_).text());
    EXPECT_EQ(at("b"), digest(one_).text());
    EXPECT_TRUE(binned().empty());
    const auto after = wait_for(world_.images.describe(world_.root, app_, {by_tag("a")})).value().front();
    EXPECT_EQ(after.image.id, before.image.id);
    EXPECT_EQ(after.image.pushed_at, before.image.pushed_at);
    EXPECT_EQ(after.image.image_size, before.image.image_size);
    EXPECT_EQ(restore({by_digest(one_)}), Lines{"ImageNotFound"});
}

TEST_F(RecycleBinTest, EveryWayOutLeadsToTheBin) {
    put(one_, {"a"});
    put(two_, {"x", "y"});
    EXPECT_EQ(remove({by_tag("a")}), Lines{"[a]"}) << "the last tag takes the image";
    const model::Reference two = digest(two_);
    ASSERT_TRUE(wait_for(world_.images.remove(world_.root, app_, two)));
    EXPECT_EQ(binned().size(), 2U);
    EXPECT_EQ(restore({by_tag("a"), by_tag("y")}), (Lines{"[a]", "[x][y]"}));
}

TEST_F(RecycleBinTest, AnImageDeletedTagByTagInOneCallComesBackWithAll) {
    put(one_, {"a", "b"});
    ASSERT_EQ(remove({by_tag("a"), by_tag("b")}), (Lines{"[a]", "[b]"}));
    EXPECT_EQ(restore({by_tag("a"), by_tag("b")}), (Lines{"[a][b]", ""})) << "the second id is dealt with already";
}

TEST_F(RecycleBinTest, ATagThatStandsElsewhereNowMovesOnlyWhenAsked) {
    put(one_, {"a", "b"});
    remove({by_digest(one_)});
    put(two_, {"a"});
    EXPECT_EQ(restore({by_digest(one_)}), Lines{"ImageTagAlreadyExists"});
    EXPECT_FALSE(there(one_)) << "all or nothing";
    EXPECT_EQ(at("b"), "");
    EXPECT_EQ(restore({by_digest(one_)}, TagConflict::skips), Lines{"[b]"});
    EXPECT_EQ(at("a"), digest(two_).text());
    remove({by_tag("b")});
    ASSERT_EQ(at("a"), digest(two_).text());

    put(one_, {"a"});
    remove({by_digest(one_)});
    put(two_, {"a"});
    EXPECT_EQ(restore({by_digest(one_)}, TagConflict::moves), Lines{"[a]"});
    EXPECT_EQ(at("a"), digest(one_).text());
    EXPECT_TRUE(there(two_));
}

TEST_F(RecycleBinTest, AnImmutableTagIsNeverMoved) {
    put(one_, {"a", "dev"});
    remove({by_digest(one_)});
    put(two_, {"a"});
    const auto rule = model::TagMutabilityRule{.value = model::TagMutability::immutable_with_exclusion,
                                               .exclusions = {{.filter = "dev*"}}};
    ASSERT_TRUE(wait_for(world_.repositories.set_tag_mutability(world_.root, app_, rule)));
    EXPECT_EQ(restore({by_digest(one_)}, TagConflict::moves), Lines{"ImageTagAlreadyExists"});
    EXPECT_FALSE(there(one_));
    EXPECT_EQ(restore({by_digest(one_)}, TagConflict::skips), Lines{"[dev]"});
    EXPECT_EQ(at("a"), digest(two_).text());
}

TEST_F(RecycleBinTest, TagsAreLimitedOnRestoreToo) {
    put(one_, {"a", "b"});
    remove({by_digest(one_)});
    put(one_, {"c"});
    world_.settings.tags_per_image = 2;
    EXPECT_EQ(restore({by_digest(one_)}), Lines{"LimitExceeded"});
    EXPECT_EQ(at("a"), "");
    world_.settings.tags_per_image = 3;
    EXPECT_EQ(restore({by_digest(one_)}), Lines{"[a][b]"});
    EXPECT_EQ(at("c"), digest(one_).text()) << "pushed again meanwhile: that image got the tags";
}

TEST_F(RecycleBinTest, ChildrenComeBackWithTheirIndex) {
    const auto index = index_of({one_, two_});
    put(one_, {"child"});
    put(two_, {"taken"});
    put(index, {"multi"});
    ASSERT_EQ(remove({by_digest(index), by_digest(one_), by_digest(two_)}), (Lines{"[multi]", "[child]", "[taken]"}));
    const auto other = image_of("config", "other");
    put(other, {"taken"});
    EXPECT_EQ(restore({by_tag("multi")}), Lines{"[-][child][multi]"}) << "two's tag is taken, so it stays there";
    EXPECT_TRUE(there(one_));
    EXPECT_TRUE(there(two_));
    EXPECT_TRUE(there(index));
    EXPECT_EQ(at("taken"), digest(other).text());
    EXPECT_EQ(remove({by_digest(one_)}), Lines{"ImageReferencedByManifestList"}) << "the reference is back as well";
}

TEST_F(RecycleBinTest, AnIndexDoesNotComeBackWithoutItsChildren) {
    const auto index = index_of({one_});
    put(one_);
    put(index, {"multi"});
    remove({by_digest(index), by_digest(one_)});
    ASSERT_EQ(lines_of(wait_for(world_.bin.purge(world_.root, app_, {by_digest(one_)})).value()), Lines{"[-]"});
    EXPECT_EQ(restore({by_tag("multi")}), Lines{"ReferencedImagesNotFound"});
    EXPECT_FALSE(there(index));
    world_.settings.missing_children = Missing::accept;
    EXPECT_EQ(restore({by_tag("multi")}), Lines{"[multi]"});
}

// What a repaired storage has lost is not the bin's to bring back.
TEST_F(RecycleBinTest, AnImageDoesNotComeBackWithoutItsLayers) {
    const auto index = index_of({one_});
    put(one_, {"a"});
    put(index, {"multi"});
    remove({by_digest(index), by_digest(one_)});
    ASSERT_TRUE(wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<void> {
        tx.blobs().forget(digest("config"));
        return {};
    })));
    const auto refused = wait_for(world_.bin.restore(world_.root, app_, {by_tag("a")}, TagConflict::fails)).value();
    const auto& failure = std::get<ImageFailure>(refused.at(0));
    EXPECT_EQ(failure.code, "LayersNotFound");
    EXPECT_NE(failure.reason.find(digest("config").text()), std::string::npos) << failure.reason;
    EXPECT_EQ(restore({by_tag("multi")}), Lines{"LayersNotFound"}) << "each or not at all";
    EXPECT_FALSE(there(one_));
    EXPECT_FALSE(there(index));
    EXPECT_EQ(binned().size(), 2U);
    EXPECT_EQ(at("a"), "");

    world_.push("app", "config");
    EXPECT_EQ(restore({by_tag("multi")}), Lines{"[a][multi]"});
    EXPECT_EQ(world_.pull("app", digest("config")).value(), "config");
}

TEST_F(RecycleBinTest, MissingLayersAreAcceptedOnRestoreAsOnPush) {
    put(one_, {"a"});
    remove({by_tag("a")});
    ASSERT_TRUE(wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<void> {
        tx.blobs().forget(digest("config"));
        return {};
    })));
    world_.settings.missing_blobs = Missing::accept;
    EXPECT_EQ(restore({by_tag("a")}), Lines{"[a]"});
}

TEST_F(RecycleBinTest, BlobsStayForWhatIsInTheBin) {
    put(one_, {"a"});
    remove({by_tag("a")});
    const auto config = digest("config");
    ASSERT_TRUE(wait_for(world_.blobs.remove(world_.root, app_, config))) << "no image of the repository names it";
    EXPECT_FALSE(world_.pull("app", config));
    collect();
    ASSERT_EQ(restore({by_tag("a")}), Lines{"[a]"});
    EXPECT_EQ(world_.pull("app", config).value(), "config");
    collect();
    EXPECT_EQ(world_.pull("app", config).value(), "config");

    remove({by_tag("a")});
    ASSERT_TRUE(wait_for(world_.blobs.remove(world_.root, app_, config)));
    ASSERT_FALSE(wait_for(world_.bin.purge_all(world_.root, app_)).value().more);
    collect();
    EXPECT_FALSE(world_.look([&](store::Transaction& tx) { return tx.blobs().find(config); }));
}

TEST_F(RecycleBinTest, ItEmptiesItselfWhenTheTimeIsUp) {
    world_.settings.recycle_bin = 10s;
    put(one_, {"a"});
    put(two_, {"b"});
    remove({by_tag("a")});
    world_.clock.advance(5s);
    remove({by_tag("b")});
    world_.clock.advance(5s);
    EXPECT_EQ(wait_for(world_.bin.empty(100)).value(), 0U);
    world_.clock.advance(1ms);
    EXPECT_EQ(wait_for(world_.bin.empty(100)).value(), 1U);
    EXPECT_EQ(restore({by_tag("a"), by_tag("b")}), (Lines{"ImageNotFound", "[b]"}));
}

TEST_F(RecycleBinTest, WhatLeavesTheBinInItsTimeIsAnEventWithoutACause) {
    world_.settings.recycle_bin = 10s;
    put(one_, {"a", "b"});
    remove({by_digest(one_)});
    world_.create("other");
    world_.push("other", "config");
    NewManifest second;
    second.bytes = two_;
    ASSERT_TRUE(wait_for(world_.images.put(world_.root, repository("other"), second)));
    const model::Reference two = digest(two_);
    ASSERT_TRUE(wait_for(world_.images.remove(world_.root, repository("other"), two)));
    ASSERT_TRUE(wait_for(world_.repositories.remove(world_.root, repository("other"), Contents::must_be_empty)));
    world_.clock.advance(11s);
    EXPECT_EQ(wait_for(world_.bin.empty(100)).value(), 2U);
    auto purged = events();
    std::erase_if(purged, [](const auto& event) { return event.kind != event::image_purge; });
    ASSERT_EQ(purged.size(), 1U) << "what a deleted repository had is not told image by image";
    EXPECT_EQ(purged[0].repository, "app");
    EXPECT_EQ(purged[0].digest, digest(one_).text());
    EXPECT_EQ(purged[0].at, world_.clock.now());
    EXPECT_EQ(purged[0].cause, model::Cause{});
}

TEST_F(RecycleBinTest, ItCanBeOff) {
    world_.settings.recycle_bin = 0s;
    put(one_, {"a"});
    EXPECT_EQ(remove({by_tag("a")}), Lines{"[a]"});
    EXPECT_TRUE(binned().empty());
    EXPECT_EQ(restore({by_tag("a")}), Lines{"ImageNotFound"});
}

TEST_F(RecycleBinTest, ARepositoryWithNothingButABinIsEmpty) {
    put(one_, {"a"});
    remove({by_tag("a")});
    ASSERT_TRUE(wait_for(world_.repositories.remove(world_.root, app_, Contents::must_be_empty)));
    world_.create("app");
    EXPECT_TRUE(binned().empty()) << "the bin went with the repository";
    EXPECT_EQ(restore({by_tag("a")}), Lines{"ImageNotFound"});
}

TEST_F(RecycleBinTest, AnIdOfTagAndDigestMustFit) {
    put(one_, {"a"});
    put(two_, {"b"});
    remove({by_tag("a"), by_tag("b")});
    const model::ImageIdentifier mixed{.digest = digest(one_), .tag = tag("b")};
    EXPECT_EQ(restore({mixed}), Lines{"ImageTagDoesNotMatchDigest"});
    const model::ImageIdentifier right{.digest = digest(one_), .tag = tag("a")};
    EXPECT_EQ(restore({right}), Lines{"[a]"});
}

TEST_F(RecycleBinTest, EveryStepIsAnEventWithItsCause) {
    put(one_, {"a"});
    remove({by_tag("a")});
    restore({by_tag("a")});
    remove({by_tag("a")});
    ASSERT_TRUE(wait_for(world_.bin.purge(world_.root, app_, {by_tag("a")})));
    Lines kinds;
    for (const auto& event : events()) {
        if (!event.kind.starts_with("image.")) continue;
        kinds.push_back(event.kind);
        if (event.kind == event::image_push) continue;
        EXPECT_EQ(event.cause.principal_arn, world_.root.principal.arn);
    }
    EXPECT_EQ(kinds, (Lines{"image.push", "image.delete", "image.restore", "image.delete", "image.purge"}));
}

TEST_F(RecycleBinTest, ALifecycleRuleIsNamedAsTheCause) {
    put(one_, {"a"});
    wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<int> {
        Removal removal(world_.services, tx, app_, app_row_, model::by_lifecycle_rule(7));
        EXPECT_TRUE(removal.image(tx.images().find(app_row_, digest(one_)).value()));
        EXPECT_EQ(removal.taken().pairs,
                  (std::vector{model::ImageIdentifier{.digest = digest(one_), .tag = tag("a")}}));
        return 0;
    })).value();
    EXPECT_EQ(binned().at(0).binned.cause, model::by_lifecycle_rule(7));
    EXPECT_EQ(events().back().cause, model::by_lifecycle_rule(7));
}

TEST_F(RecycleBinTest, EachOperationAsksForItsOwnRight) {
    put(one_, {"a"});
    remove({by_tag("a")});
    const auto denied = [](const auto& result) { return !result && result.error().kind == FaultKind::access_denied; };
    world_.authorizer.deny(iam::action::list_deleted_images, "app");
    world_.authorizer.deny(iam::action::restore_images, "app");
    world_.authorizer.deny(iam::action::purge_deleted_images, "app");
    const auto own = testing::own_registry();
    EXPECT_TRUE(denied(wait_for(world_.bin.page(world_.root, own, app_.name, {}, 10))));
    EXPECT_TRUE(denied(wait_for(world_.bin.restore(world_.root, app_, {by_tag("a")}, TagConflict::fails))));
    EXPECT_TRUE(denied(wait_for(world_.bin.purge(world_.root, app_, {by_tag("a")}))));
    EXPECT_TRUE(denied(wait_for(world_.bin.purge_all(world_.root, app_))));
    EXPECT_EQ(wait_for(world_.bin.page(world_.root, own, std::nullopt, {}, 10)).value().size(), 1U);
    world_.authorizer.deny(iam::action::list_deleted_images, "*");
    EXPECT_TRUE(denied(wait_for(world_.bin.page(world_.root, own, std::nullopt, {}, 10))));
}

}  // namespace
}  // namespace berth::registry
