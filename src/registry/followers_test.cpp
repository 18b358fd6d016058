// Signatures and SBOMs of an image that somebody deleted or archived go after it, and come back with it.
#include "registry/followers.hpp"

#include "registry/events.hpp"
#include "registry/on_demand_jobs.hpp"
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

// It keeps everything, but it is a policy.
constexpr std::string_view policy =
    R"({"rules":[{"rulePriority":1,"description":"keep them all","selection":{"tagStatus":"any",)"
    R"("countType":"imageCountMoreThan","countNumber":1000000},"action":{"type":"expire"}}]})";

class FollowersTest : public ::testing::Test {
protected:
    FollowersTest() {
        world_.settings.lifecycle.pause = 0ms;
        row_ = world_.create("app").id;
        world_.push("app", "config");
        put_policy();
    }
    void put_policy() { ASSERT_TRUE(wait_for(world_.lifecycle_policies.put(world_.root, app_, std::string(policy)))); }
    std::string put(std::string_view salt, const std::string* subject = nullptr, std::string_view as = "") {
        std::optional<model::Digest> named;
        if (subject != nullptr) named = digest(*subject);
        return put_bytes(image_of("config", salt, named ? &*named : nullptr), as);
    }
    std::string put_bytes(std::string bytes, std::string_view as = "") {
        world_.clock.advance(1s);
        NewManifest manifest;
        manifest.bytes = bytes;
        if (!as.empty()) manifest.tags = {tag(as)};
        const auto done = wait_for(world_.images.put(world_.root, app_, std::move(manifest)));
        EXPECT_TRUE(done) << done.error().message;
        return bytes;
    }
    void remove(const std::string& manifest) {
        world_.clock.advance(1s);
        const model::Reference wanted = digest(manifest);
        const auto done = wait_for(world_.images.remove(world_.root, app_, wanted));
        ASSERT_TRUE(done) << done.error().message;
    }
    std::size_t restore(const std::string& manifest) {
        const auto results = wait_for(world_.bin.restore(
            world_.root, app_, {{.digest = digest(manifest), .tag = std::nullopt}}, TagConflict::fails));
        const auto* back = std::get_if<RecycleBin::Restored>(&results.value().at(0));
        return back != nullptr ? back->size() : 0;
    }
    void follow() { EXPECT_TRUE(wait_for(world_.followers.run(row_, {})).value()); }
    bool there(const std::string& manifest) {
        return world_.look([&](store::Transaction& tx) { return tx.images().find(row_, digest(manifest)); })
            .has_value();
    }
    std::optional<store::BinnedImage> binned(const std::string& manifest) {
        return world_.look([&](store::Transaction& tx) { return tx.bin().find(row_, digest(manifest)); });
    }
    // Jobs of this kind that are due at that time.
    bool asked_for_at(Timestamp when) {
        return wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<bool> {
                   bool asked = false;
                   while (auto job = tx.jobs().claim("test", when, when + 1h)) {
                       tx.jobs().finish(job->id, "test", job->run_at);
                       asked = asked || job->kind == job::followers;
                   }
                   return asked;
               }))
            .value();
    }

    testing::World world_;
    const RepositoryRef app_ = repository("app");
    model::RepositoryId row_{};
};

TEST_F(FollowersTest, AReferrerFollowsASubjectThatSomebodyDeleted) {
    const auto subject = put("subject", nullptr, "v1");
    const auto signature = put("signature", &subject);
    const auto sbom_signature = put("signature of the signature", &signature);
    const auto other = put("other");
    const auto kept = put("signature of the other", &other);
    remove(subject);
    EXPECT_TRUE(there(signature)) << "not in the call itself";
    EXPECT_FALSE(asked_for_at(world_.clock.now()));
    EXPECT_TRUE(asked_for_at(world_.clock.now() + world_.settings.lifecycle.push_delay));
    follow();
    EXPECT_FALSE(there(signature));
    EXPECT_FALSE(there(sbom_signature));
    EXPECT_TRUE(there(kept));
    EXPECT_EQ(binned(signature).value().cause, model::by_principal(world_.root.principal.arn));
    const auto events = world_.look([](store::Transaction& tx) { return tx.outbox().page(0, 100); });
    EXPECT_EQ(std::ranges::count(events, event::image_delete, &store::Event::kind), 3);
    follow();  // nothing is left to do
    EXPECT_TRUE(there(other));
}

TEST_F(FollowersTest, TheTagOfASubjectTakesItsReferrersAlongToo) {
    const auto subject = put("subject", nullptr, "v1");
    const auto signature = put("signature", &subject);
    std::vector<model::ImageIdentifier> ids(1);
    ids.front().tag = tag("v1");
    ASSERT_TRUE(wait_for(world_.images.remove_batch(world_.root, app_, ids, LastTag::takes_the_image)));
    follow();
    EXPECT_FALSE(there(signature));
}

TEST_F(FollowersTest, WithoutAPolicyTheyStay) {
    ASSERT_TRUE(wait_for(world_.lifecycle_policies.remove(world_.root, app_)));
    const auto subject = put("subject");
    const auto signature = put("signature", &subject);
    remove(subject);
    EXPECT_FALSE(asked_for_at(world_.clock.now() + 1h));
    put_policy();
    follow();
    EXPECT_TRUE(there(signature)) << "a policy of today is not about yesterday";

    const auto second = put("second");
    const auto its = put("its signature", &second);
    remove(second);
    ASSERT_TRUE(wait_for(world_.lifecycle_policies.remove(world_.root, app_)));
    follow();
    EXPECT_TRUE(there(its)) << "nor is one that went meanwhile";
}

TEST_F(FollowersTest, ADefaultPolicyIsOneAsWell) {
    ASSERT_TRUE(wait_for(world_.lifecycle_policies.remove(world_.root, app_)));
    world_.settings.lifecycle.extensions = true;
    ASSERT_TRUE(wait_for(
        world_.lifecycle_policies.put_default(world_.root, testing::own_registry(), "a*", std::string(policy))));
    const auto subject = put("subject");
    const auto signature = put("signature", &subject);
    remove(subject);
    follow();
    EXPECT_FALSE(there(signature));
}

TEST_F(FollowersTest, WhatAnIndexNamesOrCameLaterStays) {
    const auto subject = put("subject");
    const auto in_index = put("in an index", &subject);
    put_bytes(index_of({in_index}), "multi");
    const auto signature = put("signature", &subject);
    remove(subject);
    const auto later = put("pushed after the deletion", &subject);
    follow();
    EXPECT_TRUE(there(in_index));
    EXPECT_FALSE(there(signature));
    EXPECT_TRUE(there(later));
}

TEST_F(FollowersTest, ASubjectThatIsBackKeepsItsReferrers) {
    const auto subject = put("subject");
    const auto signature = put("signature", &subject);
    remove(subject);
    put("subject");
    follow();
    EXPECT_TRUE(there(signature));
    remove(subject);
    EXPECT_EQ(restore(subject), 1U);
    follow();
    EXPECT_TRUE(there(signature));
}

TEST_F(FollowersTest, ManyGoInSmallTransactionsAndAnInterruptedJobGoesOn) {
    world_.settings.lifecycle.batch = 3;
    const auto subject = put("subject");
    const auto in_index = put("in an index", &subject);
    put_bytes(index_of({in_index}));
    std::vector<std::string> signatures;
    for (int n = 0; n < 20; ++n) signatures.push_back(put("signature " + std::to_string(n), &subject));
    remove(subject);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(wait_for(world_.followers.run(row_, stop.get_token())).value());
    EXPECT_TRUE(there(signatures[0]));
    follow();
    EXPECT_TRUE(std::ranges::none_of(signatures, [&](const auto& one) { return there(one); }));
    EXPECT_TRUE(there(in_index));
}

TEST_F(FollowersTest, ManyAreOutOfTheCachesToo) {
    const auto subject = put("subject");
    const auto signature = put("signature", &subject, "sig");
    const model::Reference wanted = tag("sig");
    ASSERT_TRUE(wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::no)));
    remove(subject);
    follow();
    EXPECT_FALSE(wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::no)));
}

TEST_F(FollowersTest, TheyComeBackWithTheirSubject) {
    const auto subject = put("subject", nullptr, "v1");
    const auto revoked = put("revoked signature", &subject);
    const auto signature = put("signature", &subject, "sig");
    const auto nested = put("signature of the signature", &signature);
    remove(revoked);
    remove(subject);
    follow();
    ASSERT_FALSE(there(nested));
    EXPECT_EQ(restore(subject), 3U);
    EXPECT_TRUE(there(subject));
    EXPECT_TRUE(there(signature));
    EXPECT_TRUE(there(nested));
    EXPECT_FALSE(there(revoked)) << "that one was deleted for itself, before";
    EXPECT_EQ(restore(revoked), 1U);
    follow();
    EXPECT_TRUE(there(signature));
}

TEST_F(FollowersTest, AReferrerThatCannotComeBackDoesNotKeepItsSubject) {
    const auto child = put("child");
    const auto subject = put("subject");
    auto list = index_of({child});
    list.pop_back();
    list += R"(,"subject":)" + testing::descriptor(testing::image_type, digest(subject), subject.size()) + "}";
    const auto attestations = put_bytes(list);
    const auto signature = put("signature", &subject);
    remove(subject);
    follow();
    ASSERT_FALSE(there(attestations));
    remove(child);
    ASSERT_TRUE(wait_for(world_.bin.purge(world_.root, app_, {{.digest = digest(child), .tag = std::nullopt}})));
    EXPECT_EQ(restore(subject), 2U);
    EXPECT_TRUE(there(signature));
    EXPECT_FALSE(there(attestations));
    EXPECT_TRUE(binned(attestations)) << "it waits in the bin for its child";
}

// ---- into the archive and back

class ArchivedFollowersTest : public FollowersTest {
protected:
    void set_class(const std::string& manifest, StorageClass target) {
        world_.clock.advance(1s);
        const auto done = wait_for(world_.storage_classes.update(
            world_.root, app_, {.digest = digest(manifest), .tag = std::nullopt}, target));
        ASSERT_TRUE(done) << done.error().message;
    }
    void archive(const std::string& manifest) { set_class(manifest, StorageClass::archive); }
    void bring_back(const std::string& manifest) {
        set_class(manifest, StorageClass::standard);
        ASSERT_TRUE(wait_for(world_.storage_classes.activate(find(manifest).id)));
    }
    model::Image find(const std::string& manifest) {
        return world_.look([&](store::Transaction& tx) { return tx.images().find(row_, digest(manifest)); }).value();
    }
    bool archived(const std::string& manifest) { return find(manifest).status == model::ImageStatus::archived; }
};

TEST_F(ArchivedFollowersTest, TheyFollowASubjectThatSomebodyArchived) {
    const auto subject = put("subject", nullptr, "v1");
    const auto signature = put("signature", &subject, "sig");
    const auto nested = put("signature of the signature", &signature);
    const auto other = put("other");
    const auto kept = put("signature of the other", &other);
    const model::Reference by_tag = tag("sig");
    ASSERT_TRUE(wait_for(world_.images.get(world_.root, app_, by_tag, Images::Pull::no)));
    archive(subject);
    EXPECT_FALSE(archived(signature)) << "not in the call itself";
    EXPECT_FALSE(asked_for_at(world_.clock.now()));
    EXPECT_TRUE(asked_for_at(world_.clock.now() + world_.settings.lifecycle.push_delay));
    follow();
    EXPECT_TRUE(archived(signature));
    EXPECT_TRUE(archived(nested));
    EXPECT_FALSE(archived(kept));
    EXPECT_FALSE(wait_for(world_.images.get(world_.root, app_, by_tag, Images::Pull::no))) << "out of the caches too";
    auto events = world_.look([](store::Transaction& tx) { return tx.outbox().page(0, 100); });
    std::erase_if(events, [](const auto& one) { return one.kind != event::image_archive; });
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events.back().cause, model::by_principal(world_.root.principal.arn));
}

TEST_F(ArchivedFollowersTest, WithoutAPolicyTheyAreLeftAlone) {
    ASSERT_TRUE(wait_for(world_.lifecycle_policies.remove(world_.root, app_)));
    const auto subject = put("subject");
    const auto signature = put("signature", &subject);
    archive(subject);
    EXPECT_FALSE(asked_for_at(world_.clock.now() + 1h));
    put_policy();
    follow();
    EXPECT_FALSE(archived(signature));
}

TEST_F(ArchivedFollowersTest, WhatAnIndexNamesOrCameLaterOrASubjectThatIsBackLeadsStays) {
    const auto subject = put("subject");
    const auto in_index = put("in an index", &subject);
    put_bytes(index_of({in_index}), "multi");
    const auto signature = put("signature", &subject);
    archive(subject);
    const auto later = put("pushed afterwards", &subject);
    follow();
    EXPECT_FALSE(archived(in_index));
    EXPECT_TRUE(archived(signature));
    EXPECT_FALSE(archived(later));

    const auto second = put("second");
    const auto its = put("its signature", &second);
    archive(second);
    bring_back(second);
    follow();
    EXPECT_FALSE(archived(its));
}

TEST_F(ArchivedFollowersTest, TheyComeBackWithTheirSubject) {
    const auto subject = put("subject", nullptr, "v1");
    const auto unwanted = put("archived for itself", &subject);
    const auto signature = put("signature", &subject);
    const auto nested = put("signature of the signature", &signature);
    archive(unwanted);
    archive(subject);
    follow();
    ASSERT_TRUE(archived(nested));
    ASSERT_TRUE(wait_for(world_.lifecycle_policies.remove(world_.root, app_)));  // they follow all the same
    ASSERT_TRUE(asked_for_at(world_.clock.now() + 1h));                          // the job that has just been done
    bring_back(subject);
    EXPECT_TRUE(asked_for_at(world_.clock.now()));
    follow();
    EXPECT_FALSE(archived(signature));
    EXPECT_FALSE(archived(nested));
    EXPECT_TRUE(archived(unwanted));
    EXPECT_EQ(find(signature).last_activated_at, world_.clock.now());
}

TEST_F(ArchivedFollowersTest, AndWithOneThatIsPushedAgain) {
    const auto subject = put("subject", nullptr, "v1");
    const auto signature = put("signature", &subject);
    archive(subject);
    follow();
    ASSERT_TRUE(archived(signature));
    put("subject", nullptr, "v1");
    follow();
    EXPECT_FALSE(archived(signature));
}

TEST_F(ArchivedFollowersTest, WhatAPolicyArchivedComesBackToo) {
    const auto subject = put("subject", nullptr, "v1");
    const auto signature = put("signature", &subject);
    world_.clock.advance(24h * 40);
    const std::string_view rules =
        R"({"rules":[{"rulePriority":1,"description":"what nobody has pulled for a month","selection":)"
        R"({"tagStatus":"tagged","tagPrefixList":["v"],"countType":"sinceImagePushed","countUnit":"days",)"
        R"("countNumber":30},"action":{"type":"transition","targetStorageClass":"archive"}}]})";
    ASSERT_TRUE(wait_for(world_.lifecycle_policies.put(world_.root, app_, std::string(rules))));
    ASSERT_EQ(wait_for(world_.lifecycle_runs.run(row_, {})).value(), RunEnd::finished);
    ASSERT_TRUE(archived(subject));
    ASSERT_TRUE(archived(signature));
    bring_back(subject);
    follow();
    EXPECT_FALSE(archived(signature));
}

TEST_F(ArchivedFollowersTest, ManyGoAndComeInSmallTransactions) {
    world_.settings.lifecycle.batch = 3;
    const auto subject = put("subject");
    std::vector<std::string> signatures;
    for (int n = 0; n < 10; ++n) signatures.push_back(put("signature " + std::to_string(n), &subject));
    const auto gone = [&] { return std::ranges::count_if(signatures, [&](const auto& one) { return archived(one); }); };
    archive(subject);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(wait_for(world_.followers.run(row_, stop.get_token())).value());
    EXPECT_EQ(gone(), 0);
    follow();
    EXPECT_EQ(gone(), 10);
    bring_back(subject);
    follow();
    EXPECT_EQ(gone(), 0);
}

TEST_F(FollowersTest, WhatAPolicyExpiresTakesItsReferrersAlongByItself) {
    const auto subject = put("subject", nullptr, "v1");
    put("signature", &subject);
    wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<int> {
        expect_followers(world_.services, tx, tx.images().find(row_, digest(subject)).value(), store::Way::out,
                         model::by_lifecycle_rule(1));
        EXPECT_FALSE(tx.lifecycle().lead(row_));
        return 0;
    })).value();
}

}  // namespace
}  // namespace berth::registry
