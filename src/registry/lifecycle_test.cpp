// Lifecycle policies from the text that is put to the images that go: previews that change nothing, runs that act, and
// what they tell.
#include "lifecycle/policy.hpp"
#include "registry/events.hpp"
#include "registry/on_demand_jobs.hpp"
#include "testing/manifests.hpp"
#include "testing/world.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <stop_token>
#include <thread>

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

std::string rule(int priority, std::string_view selection, std::string_view action = R"({"type":"expire"})") {
    return R"({"rulePriority":)" + std::to_string(priority) + R"(,"selection":{)" + std::string(selection) +
           R"(},"action":)" + std::string(action) + "}";
}
// Spaces make it as long as ECR wants it.
std::string policy(const Lines& rules) {
    std::string text = R"({"rules":[)";
    for (const auto& one : rules) text += (text.back() == '[' ? "" : ",") + one;
    return text + "]" + std::string(100, ' ') + "}";
}
constexpr std::string_view untagged_for_a_day =
    R"("tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1)";
constexpr std::string_view keep_one = R"("tagStatus":"any","countType":"imageCountMoreThan","countNumber":1)";
constexpr std::string_view to_archive = R"({"type":"transition","targetStorageClass":"archive"})";

class LifecycleTest : public ::testing::Test {
protected:
    LifecycleTest() {
        world_.settings.lifecycle.pause = 0ms;
        app_row_ = world_.create("app").id;
        world_.push("app", "config");
    }
    // Each a minute after the one before; its manifest.
    std::string put(std::string_view salt, const Lines& tags = {}, const std::string* subject = nullptr) {
        std::optional<model::Digest> named;
        if (subject != nullptr) named = digest(*subject);
        return put_bytes(image_of("config", salt, named ? &*named : nullptr), tags);
    }
    std::string put_bytes(std::string bytes, const Lines& tags = {}) {
        world_.clock.advance(1min);
        NewManifest manifest{.bytes = bytes, .media_type = {}, .expected_digest = {}, .tags = {}};
        for (const auto& text : tags) manifest.tags.push_back(tag(text));
        const auto done = wait_for(world_.images.put(world_.root, app_, manifest));
        EXPECT_TRUE(done) << done.error().message;
        return bytes;
    }
    void put_policy(const Lines& rules) {
        const auto done = wait_for(world_.lifecycle_policies.put(world_.root, app_, policy(rules)));
        ASSERT_TRUE(done) << done.error().message;
    }
    RunEnd run() { return wait_for(world_.lifecycle_runs.run(app_row_, {})).value(); }
    std::optional<model::Image> find(const std::string& manifest) {
        return world_.look([&](store::Transaction& tx) { return tx.images().find(app_row_, digest(manifest)); });
    }
    bool there(const std::string& manifest) { return find(manifest).has_value(); }
    model::ImageStatus status(const std::string& manifest) { return find(manifest).value().status; }
    std::vector<store::Event> events(std::string_view kind) {
        auto found = world_.look([](store::Transaction& tx) { return tx.outbox().page(0, 10'000); });
        std::erase_if(found, [&](const auto& event) { return event.kind != kind; });
        return found;
    }
    // What the runner would do of one kind of job.
    std::vector<store::Job> take_jobs(std::string_view kind) {
        return wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<std::vector<store::Job>> {
                   std::vector<store::Job> taken;
                   const auto now = world_.clock.now();
                   while (auto job = tx.jobs().claim("test", now, now + 1h)) {
                       tx.jobs().finish(job->id, "test", job->run_at);
                       if (job->kind == kind) taken.push_back(std::move(*job));
                   }
                   return taken;
               }))
            .value();
    }
    std::int64_t start_preview(std::optional<std::string> text = std::nullopt) {
        const auto started = wait_for(world_.lifecycle_previews.start(world_.root, app_, std::move(text)));
        EXPECT_TRUE(started) << started.error().message;
        return started ? started->id : 0;
    }
    void run_preview(std::int64_t id) { EXPECT_TRUE(wait_for(world_.lifecycle_previews.run(id, 0, {})).value()); }
    PreviewPage page(std::optional<bool> tagged = std::nullopt, std::int64_t after = -1, std::size_t limit = 100) {
        std::optional<PreviewPosition> from;
        if (after >= 0) {
            from = PreviewPosition{.preview = preview().id, .position = after};
        }
        return wait_for(world_.lifecycle_previews.page(world_.root, app_, tagged, from, limit)).value();
    }
    store::LifecyclePreview preview() {
        return world_.look([&](store::Transaction& tx) { return tx.lifecycle().preview(app_row_); }).value();
    }

    testing::World world_;
    const RepositoryRef app_ = repository("app");
    model::RepositoryId app_row_{};
};

// ---- the policy itself

TEST_F(LifecycleTest, APolicyComesBackInOrderAndCanBeDeleted) {
    const auto get = [&] { return wait_for(world_.lifecycle_policies.get(world_.root, app_)); };
    EXPECT_EQ(get().error().kind, FaultKind::lifecycle_policy_not_found);
    EXPECT_EQ(get().error().message,
              "Lifecycle policy does not exist for the repository with name 'app' in the registry with id "
              "'123456789012'");
    put_policy({rule(9, keep_one), rule(2, untagged_for_a_day)});
    const auto stored = get().value();
    EXPECT_LT(stored.text.find("\"rulePriority\":2"), stored.text.find("\"rulePriority\":9"));
    EXPECT_EQ(stored.evaluation.last_evaluated_at, Timestamp{});
    EXPECT_EQ(run(), RunEnd::finished);
    EXPECT_EQ(get().value().evaluation.last_evaluated_at, world_.clock.now());

    EXPECT_EQ(wait_for(world_.lifecycle_policies.remove(world_.root, app_)).value().text, stored.text);
    EXPECT_EQ(get().error().kind, FaultKind::lifecycle_policy_not_found);
    EXPECT_EQ(wait_for(world_.lifecycle_policies.remove(world_.root, app_)).error().kind,
              FaultKind::lifecycle_policy_not_found);
}

TEST_F(LifecycleTest, WhatIsNoPolicyChangesNothing) {
    put_policy({rule(1, keep_one)});
    const auto refused = wait_for(world_.lifecycle_policies.put(world_.root, app_, std::string(200, 'x')));
    EXPECT_EQ(refused.error().kind, FaultKind::invalid_parameter);
    EXPECT_EQ(wait_for(world_.lifecycle_policies.get(world_.root, app_)).value().text,
              lifecycle::to_text(lifecycle::parse(policy({rule(1, keep_one)})).value()));
}

TEST_F(LifecycleTest, ACallerWithoutTheRightLearnsAndChangesNothing) {
    put_policy({rule(1, keep_one)});
    for (const auto action : {iam::action::put_lifecycle_policy, iam::action::get_lifecycle_policy,
                              iam::action::delete_lifecycle_policy, iam::action::get_governing_lifecycle_policy,
                              iam::action::start_lifecycle_policy_preview, iam::action::get_lifecycle_policy_preview}) {
        world_.authorizer.deny(action, "app");
    }
    const auto denied = [](const auto& result) { return result.error().kind == FaultKind::access_denied; };
    EXPECT_TRUE(denied(wait_for(world_.lifecycle_policies.put(world_.root, app_, policy({rule(1, keep_one)})))));
    EXPECT_TRUE(denied(wait_for(world_.lifecycle_policies.get(world_.root, app_))));
    EXPECT_TRUE(denied(wait_for(world_.lifecycle_policies.governing(world_.root, app_))));
    EXPECT_TRUE(denied(wait_for(world_.lifecycle_policies.remove(world_.root, app_))));
    EXPECT_TRUE(denied(wait_for(world_.lifecycle_previews.start(world_.root, app_, std::nullopt))));
    EXPECT_TRUE(denied(wait_for(world_.lifecycle_previews.page(world_.root, app_, {}, {}, 1))));
}

// ---- runs

TEST_F(LifecycleTest, ARunExpiresWhatIsDueAndTellsWhy) {
    const auto old = put("old", {"a", "b"});
    const auto young = put("young");
    put_policy({rule(7, keep_one)});
    EXPECT_EQ(run(), RunEnd::finished);
    EXPECT_FALSE(there(old));
    EXPECT_TRUE(there(young));

    const auto gone = events(event::image_delete);
    ASSERT_EQ(gone.size(), 2U);
    for (const auto& one : gone) EXPECT_EQ(one.cause, model::by_lifecycle_rule(7));
    const auto told = events(event::lifecycle_execution);
    ASSERT_EQ(told.size(), 1U);
    const auto detail = boost::json::parse(told[0].detail);
    EXPECT_EQ(detail.at("repositoryName"), "app");
    const auto& acted = detail.at("lifecycleEventImageActions").as_array();
    ASSERT_EQ(acted.size(), 1U);
    EXPECT_EQ(acted[0].at("rulePriority"), 7);
    EXPECT_EQ(acted[0].at("lifecycleEventImage").at("digest").as_string(), digest(old).text());
    EXPECT_EQ(acted[0].at("lifecycleEventImage").at("tagList").as_array().size(), 2U);
    const auto& rules = detail.at("lifecycleEventPolicy").at("lifecycleEventRules").as_array();
    EXPECT_EQ(rules.at(0).at("lifecycleEventSelection").at("countType"), "Image count more than");
    EXPECT_TRUE(detail.at("lifecycleEventFailureDetails").as_array().empty());

    EXPECT_EQ(run(), RunEnd::finished);
    EXPECT_TRUE(there(young));
    EXPECT_EQ(events(event::lifecycle_execution).size(), 1U) << "a run that does nothing tells nothing";
    EXPECT_EQ(world_.lifecycle_runs.statistics().runs, 2U);
    EXPECT_EQ(world_.lifecycle_runs.statistics().expired, 1U);
}

TEST_F(LifecycleTest, WhatExpiredIsInTheRecycleBinAndOutOfTheCaches) {
    const auto old = put("old", {"a"});
    put("young");
    const model::Reference wanted = tag("a");
    ASSERT_TRUE(wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::no)));
    put_policy({rule(1, keep_one)});
    run();
    EXPECT_FALSE(wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::no)));
    const auto binned = wait_for(world_.bin.page(world_.root, testing::own_registry(), app_.name, {}, 10)).value();
    ASSERT_EQ(binned.size(), 1U);
    EXPECT_EQ(binned[0].binned.cause, model::by_lifecycle_rule(1));
    EXPECT_EQ(binned[0].binned.image.digest, digest(old));
}

TEST_F(LifecycleTest, WhatCameBackFromTheBinIsSparedForAWhile) {
    const auto old = put("old", {"v1"});
    put("new", {"v2"});
    put_policy({rule(1, keep_one)});
    run();
    ASSERT_FALSE(there(old));
    std::vector<model::ImageIdentifier> ids(1);
    ids.front().tag = tag("v1");
    ASSERT_TRUE(wait_for(world_.bin.restore(world_.root, app_, ids, TagConflict::fails)));
    run();
    EXPECT_TRUE(there(old)) << "or restoring it would have been for nothing";
    run_preview(start_preview());
    EXPECT_EQ(preview().expiring, 0U) << "a preview shows what a run would do";
    world_.clock.advance(world_.settings.restore_hold);
    run();
    EXPECT_FALSE(there(old));
}

TEST_F(LifecycleTest, ManyGoInSmallTransactions) {
    world_.settings.lifecycle.batch = 3;
    std::vector<std::string> images;
    for (int n = 0; n < 25; ++n) images.push_back(put(std::to_string(n)));
    put_policy({rule(1, keep_one)});
    run();
    EXPECT_EQ(std::ranges::count_if(images, [&](const auto& one) { return there(one); }), 1);
    EXPECT_TRUE(there(images.back()));
    EXPECT_EQ(world_.lifecycle_runs.statistics().expired, 24U);
    // Oldest first.
    const auto gone = events(event::image_delete);
    ASSERT_EQ(gone.size(), 24U);
    for (std::size_t n = 0; n < gone.size(); ++n) EXPECT_EQ(gone[n].digest, digest(images[n]).text());
}

TEST_F(LifecycleTest, AnIndexGoesBeforeItsChildrenInOneRun) {
    const auto child = put("child");
    const auto index = put_bytes(index_of({child}), {"v1"});
    world_.clock.advance(72h);
    put_policy({rule(1, R"("tagStatus":"any","countType":"sinceImagePushed","countUnit":"days","countNumber":1)")});
    run();
    EXPECT_FALSE(there(index));
    EXPECT_FALSE(there(child));
    EXPECT_EQ(events(event::image_delete).front().digest, digest(index).text());
}

TEST_F(LifecycleTest, AChildOfAnIndexStaysAndIsToldOnce) {
    const auto child = put("child");
    put_bytes(index_of({child}), {"v1"});
    world_.clock.advance(72h);
    put_policy({rule(4, untagged_for_a_day)});
    run();
    run();
    EXPECT_TRUE(there(child));
    EXPECT_EQ(world_.lifecycle_runs.statistics().held, 1U);
    const auto told = events(event::lifecycle_execution);
    ASSERT_EQ(told.size(), 1U);
    const auto detail = boost::json::parse(told[0].detail);
    const auto& failed = detail.at("lifecycleEventFailureDetails").as_array();
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0].at("failureCode"), "ImageReferencedByManifestList");
    EXPECT_EQ(failed[0].at("lifecycleEventImage").at("digest").as_string(), digest(child).text());
    EXPECT_EQ(failed[0].at("rulePriority"), 4);
}

TEST_F(LifecycleTest, SignaturesFollowWhatTheySign) {
    const auto signed_image = put("image", {"v1"});
    const auto signature = put("signature", {}, &signed_image);
    const auto other = put("other");
    const auto kept_signature = put("kept", {}, &other);
    world_.clock.advance(72h);
    put_policy({rule(1, R"("tagStatus":"tagged","tagPrefixList":["v"],"countType":"sinceImagePushed",)"
                        R"("countUnit":"days","countNumber":1)")});
    run();
    EXPECT_FALSE(there(signed_image));
    EXPECT_FALSE(there(signature));
    EXPECT_TRUE(there(other));
    EXPECT_TRUE(there(kept_signature));
}

TEST_F(LifecycleTest, APullCountsEvenBeforeItIsWritten) {
    const auto pulled = put("pulled", {"a"});
    const auto idle = put("idle", {"b"});
    world_.clock.advance(24h * 40);
    const model::Reference wanted = tag("a");
    ASSERT_TRUE(wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::yes)));
    put_policy({rule(1, R"("tagStatus":"any","countType":"sinceImagePulled","countUnit":"days","countNumber":30)",
                     to_archive)});
    run();
    EXPECT_EQ(status(pulled), model::ImageStatus::active);
    EXPECT_EQ(status(idle), model::ImageStatus::archived);
}

TEST_F(LifecycleTest, TheArchiveIsFilledAndEmptiedByRules) {
    const auto image = put("image", {"a"});
    const auto signature = put("signature", {}, &image);
    world_.clock.advance(24h * 40);
    put_policy({rule(1,
                     R"("tagStatus":"tagged","tagPrefixList":["a"],"countType":"sinceImagePushed",)"
                     R"("countUnit":"days","countNumber":30)",
                     to_archive),
                rule(2, R"("tagStatus":"any","storageClass":"archive","countType":"sinceImageTransitioned",)"
                        R"("countUnit":"days","countNumber":90)")});
    run();
    EXPECT_EQ(status(image), model::ImageStatus::archived);
    EXPECT_EQ(status(signature), model::ImageStatus::archived);
    EXPECT_EQ(find(image)->last_archived_at, world_.clock.now());
    ASSERT_EQ(events(event::image_archive).size(), 2U);
    EXPECT_EQ(events(event::image_archive)[0].cause, model::by_lifecycle_rule(1));
    world_.clock.advance(24h * 91);
    run();
    EXPECT_FALSE(there(image));
    EXPECT_FALSE(there(signature));
}

TEST_F(LifecycleTest, ARunThatIsStoppedGoesOnNextTime) {
    for (int n = 0; n < 5; ++n) put(std::to_string(n));
    put_policy({rule(1, keep_one)});
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(wait_for(world_.lifecycle_runs.run(app_row_, stop.get_token())).value(), RunEnd::stopped);
    EXPECT_EQ(world_.lifecycle_runs.statistics().expired, 0U);
    EXPECT_EQ(run(), RunEnd::finished);
    EXPECT_EQ(world_.lifecycle_runs.statistics().expired, 4U);
}

// A run that ends after its first transaction, as if the process had been killed.
class BrokenRunTest : public LifecycleTest {
protected:
    BrokenRunTest() {
        world_.settings.lifecycle.batch = 1;
        world_.settings.lifecycle.extensions = true;
    }
    RunEnd run_one_transaction() {
        world_.settings.lifecycle.pause = 1h;  // before the second one
        const auto changes = [this] {
            return events(event::image_delete).size() + events(event::image_archive).size();
        };
        std::stop_source stop;
        std::jthread stopping([&, before = changes()] {
            while (changes() == before) std::this_thread::yield();
            stop.request_stop();
        });
        const auto end = wait_for(world_.lifecycle_runs.run(app_row_, stop.get_token())).value();
        world_.settings.lifecycle.pause = 0ms;
        return end;
    }
    std::size_t leads() {
        return world_.look([&](store::Transaction& tx) { return tx.lifecycle().leads_by_rules(app_row_).size(); });
    }
    static std::string old_and_tagged(std::string_view action = R"({"type":"expire"})") {
        return rule(5,
                    R"("tagStatus":"tagged","tagPrefixList":["v"],"countType":"sinceImagePushed",)"
                    R"("countUnit":"days","countNumber":1)",
                    action);
    }
};

TEST_F(BrokenRunTest, ReferrersOfWhatItExpiredFollowInTheNextOne) {
    const auto subject = put("image", {"v1"});
    const auto signature = put("signature", {}, &subject);
    const auto nested = put("signature of the signature", {}, &signature);
    const auto other = put("other");
    const auto others = put("signature of the other", {}, &other);
    world_.clock.advance(72h);
    put_policy({old_and_tagged()});
    ASSERT_EQ(run_one_transaction(), RunEnd::stopped);
    ASSERT_FALSE(there(subject));
    ASSERT_TRUE(there(signature));
    EXPECT_EQ(run(), RunEnd::finished);
    EXPECT_FALSE(there(signature));
    EXPECT_FALSE(there(nested));
    EXPECT_TRUE(there(others));
    EXPECT_EQ(events(event::image_delete).back().cause, model::by_lifecycle_rule(5));
    EXPECT_EQ(leads(), 0U);
}

TEST_F(BrokenRunTest, OfWhatItArchivedToo) {
    const auto subject = put("image", {"v1"});
    const auto signature = put("signature", {}, &subject);
    world_.clock.advance(72h);
    put_policy({old_and_tagged(to_archive)});
    ASSERT_EQ(run_one_transaction(), RunEnd::stopped);
    ASSERT_EQ(status(subject), model::ImageStatus::archived);
    ASSERT_EQ(status(signature), model::ImageStatus::active);
    EXPECT_EQ(run(), RunEnd::finished);
    EXPECT_EQ(status(signature), model::ImageStatus::archived);
    EXPECT_EQ(leads(), 0U);
    EXPECT_EQ(events(event::image_archive).size(), 2U) << "the subject once";
}

TEST_F(BrokenRunTest, WhatAStrongerRuleRetainsStaysAsInAWholeRun) {
    const auto subject = put("image", {"v1"});
    const auto kept = put("signature", {"keep"}, &subject);
    const auto signature = put("another", {}, &subject);
    world_.clock.advance(72h);
    put_policy({rule(1, R"("tagStatus":"tagged","tagPrefixList":["keep"])", R"({"type":"retain"})"), old_and_tagged()});
    ASSERT_EQ(run_one_transaction(), RunEnd::stopped);
    ASSERT_FALSE(there(subject));
    run();
    EXPECT_TRUE(there(kept));
    EXPECT_FALSE(there(signature));
}

TEST_F(BrokenRunTest, AnotherPolicyFinishesItToo) {
    const auto subject = put("image", {"v1"});
    const auto signature = put("signature", {}, &subject);
    world_.clock.advance(72h);
    put_policy({old_and_tagged()});
    ASSERT_EQ(run_one_transaction(), RunEnd::stopped);
    put_policy({rule(1, R"("tagStatus":"any","countType":"imageCountMoreThan","countNumber":1000)")});
    run();
    EXPECT_FALSE(there(signature));
}

TEST_F(BrokenRunTest, WithoutAPolicyOrWithTheirSubjectBackTheyStay) {
    const auto subject = put("image", {"v1"});
    const auto signature = put("signature", {}, &subject);
    world_.clock.advance(72h);
    put_policy({old_and_tagged()});
    ASSERT_EQ(run_one_transaction(), RunEnd::stopped);
    ASSERT_EQ(leads(), 1U);
    ASSERT_TRUE(wait_for(world_.lifecycle_policies.remove(world_.root, app_)));
    run();
    EXPECT_EQ(leads(), 0U);
    put_policy({old_and_tagged()});
    run();
    EXPECT_TRUE(there(signature)) << "a policy of today is not about yesterday";

    put("image", {"v1"});
    world_.clock.advance(72h);
    ASSERT_EQ(run_one_transaction(), RunEnd::stopped);
    put("image");
    run();
    EXPECT_TRUE(there(signature));
    EXPECT_EQ(leads(), 0U);
}

TEST_F(BrokenRunTest, AReferrerThatChangedOnTheWayFollowsInTheNextOne) {
    const auto subject = put("image", {"v1"});
    const auto signature = put("signature", {"sig"}, &subject);
    world_.clock.advance(72h);
    put_policy({old_and_tagged()});
    world_.settings.lifecycle.pause = 300ms;
    std::jthread pulling([&] {
        while (events(event::image_delete).empty()) std::this_thread::yield();
        const model::Reference wanted = tag("sig");
        wait_for(world_.images.get(world_.root, app_, wanted, Images::Pull::yes));
    });
    EXPECT_EQ(run(), RunEnd::finished);
    pulling.join();
    // On a machine that stands still for the whole pause the pull comes too late to be a change.
    if (there(signature)) {
        EXPECT_EQ(leads(), 1U);
    }
    run();
    EXPECT_FALSE(there(signature));
    EXPECT_EQ(leads(), 0U);
}

TEST_F(LifecycleTest, ARunOfWhatIsGoneIsOver) {
    EXPECT_EQ(run(), RunEnd::finished);  // no policy
    put("a");
    put("b");
    put_policy({rule(1, keep_one)});
    ASSERT_TRUE(wait_for(world_.repositories.remove(world_.root, app_, Contents::delete_too)));
    EXPECT_EQ(run(), RunEnd::finished);
    EXPECT_TRUE(events(event::image_delete).empty());
}

// ---- when runs happen

TEST_F(LifecycleTest, APolicyAndThenEveryPushAskForARun) {
    put("before");
    EXPECT_TRUE(take_jobs(job::lifecycle_run).empty());
    put_policy({rule(1, keep_one)});
    auto jobs = take_jobs(job::lifecycle_run);
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].key, std::to_string(static_cast<std::int64_t>(app_row_)));

    world_.settings.lifecycle.push_delay = 10s;
    const auto pushed = put("after", {"v1"});
    EXPECT_TRUE(take_jobs(job::lifecycle_run).empty());
    put_bytes(pushed, {"v2"});  // another tag: the first push's run is for both
    EXPECT_EQ(take_jobs(job::lifecycle_run).size(), 1U);
    EXPECT_TRUE(take_jobs(job::lifecycle_run).empty());

    ASSERT_TRUE(wait_for(world_.lifecycle_runs.schedule()));
    EXPECT_EQ(take_jobs(job::lifecycle_run).size(), 1U);
}

// ---- previews

TEST_F(LifecycleTest, APreviewSaysWhatARunWouldDoAndDoesNothing) {
    const auto old = put("old", {"a", "b"});
    const auto untagged = put("untagged");
    const auto young = put("young", {"c"});
    EXPECT_EQ(wait_for(world_.lifecycle_previews.start(world_.root, app_, std::nullopt)).error().kind,
              FaultKind::lifecycle_policy_not_found);
    EXPECT_EQ(wait_for(world_.lifecycle_previews.page(world_.root, app_, {}, {}, 1)).error().kind,
              FaultKind::lifecycle_preview_not_found);

    const auto id = start_preview(policy({rule(3, keep_one)}));
    EXPECT_EQ(page().preview.status, store::PreviewStatus::in_progress);
    EXPECT_TRUE(page().results.empty());
    const auto second = wait_for(world_.lifecycle_previews.start(world_.root, app_, policy({rule(1, keep_one)})));
    EXPECT_EQ(second.error().kind, FaultKind::lifecycle_preview_in_progress);
    const auto jobs = take_jobs(job::lifecycle_preview);
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].key, std::to_string(id));

    run_preview(id);
    const auto all = page();
    EXPECT_EQ(all.preview.status, store::PreviewStatus::complete);
    EXPECT_EQ(all.preview.expiring, 2U);
    EXPECT_EQ(all.preview.archiving, 0U);
    ASSERT_EQ(all.results.size(), 2U);
    EXPECT_EQ(all.results[0].digest, digest(old));
    EXPECT_EQ(all.results[0].tags, (std::vector{tag("a"), tag("b")}));
    EXPECT_EQ(all.results[0].rule_priority, 3);
    EXPECT_EQ(all.results[0].pushed_at, find(old)->pushed_at);
    EXPECT_EQ(all.results[1].digest, digest(untagged));

    EXPECT_EQ(page(true).results.size(), 1U);
    EXPECT_EQ(page(false).results.at(0).digest, digest(untagged));
    EXPECT_EQ(page({}, 0, 5).results.size(), 1U);

    const auto of = [&](std::vector<model::ImageIdentifier> ids) {
        return wait_for(world_.lifecycle_previews.of_images(world_.root, app_, std::move(ids))).value().results.size();
    };
    EXPECT_EQ(of({{.digest = std::nullopt, .tag = tag("a")}, {.digest = digest(old), .tag = std::nullopt}}), 1U);
    EXPECT_EQ(of({{.digest = digest(old), .tag = tag("c")}}), 0U);
    EXPECT_EQ(of({{.digest = digest(young), .tag = std::nullopt}}), 0U);
    EXPECT_EQ(of({{.digest = digest("nothing"), .tag = std::nullopt}}), 0U);

    EXPECT_TRUE(there(old));
    EXPECT_TRUE(there(untagged));
    EXPECT_TRUE(events(event::image_delete).empty());
}

TEST_F(LifecycleTest, APreviewIsOverAfterAWhileAndIsReplacedByTheNext) {
    for (int n = 0; n < 4; ++n) put(std::to_string(n));
    put_policy({rule(1, keep_one)});
    world_.settings.lifecycle.preview_lifetime = 1h;
    const auto first = start_preview();
    run_preview(first);
    EXPECT_EQ(page().results.size(), 3U);
    world_.clock.advance(1h);
    EXPECT_EQ(page().preview.status, store::PreviewStatus::expired);
    EXPECT_TRUE(page().results.empty());
    EXPECT_GT(wait_for(world_.lifecycle_previews.sweep(100)).value(), 0U);
    EXPECT_EQ(wait_for(world_.lifecycle_previews.sweep(100)).value(), 0U);
    EXPECT_EQ(page().preview.status, store::PreviewStatus::expired);

    const auto second = start_preview();
    run_preview(second);
    EXPECT_EQ(page().results.size(), 3U);
    const auto stale = wait_for(
        world_.lifecycle_previews.page(world_.root, app_, {}, PreviewPosition{.preview = first, .position = 0}, 10));
    EXPECT_EQ(stale.error().kind, FaultKind::invalid_parameter);
}

TEST_F(LifecycleTest, APreviewThatIsRunTwiceIsTheSame) {
    for (int n = 0; n < 4; ++n) put(std::to_string(n));
    const auto id = start_preview(policy({rule(1, keep_one)}));
    // What a process left that died on the way.
    wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<int> {
        const store::PreviewResult left{.position = 99, .digest = digest("left"), .tags = {}, .pushed_at = {}};
        tx.lifecycle().insert_results(id, {&left, 1});
        return 0;
    })).value();
    run_preview(id);
    run_preview(id);
    EXPECT_EQ(page().results.size(), 3U);
    EXPECT_EQ(page().preview.expiring, 3U);
}

TEST_F(LifecycleTest, APreviewFailsWhenItFailedTooOften) {
    const auto id = start_preview(policy({rule(1, keep_one)}));
    EXPECT_TRUE(wait_for(world_.lifecycle_previews.run(id, LifecyclePreviews::max_attempts, {})).value());
    EXPECT_EQ(page().preview.status, store::PreviewStatus::failed);
    start_preview(policy({rule(1, keep_one)}));
    EXPECT_EQ(page().preview.status, store::PreviewStatus::in_progress);
}

// ---- defaults

class DefaultPolicyTest : public LifecycleTest {
protected:
    Result<store::DefaultLifecyclePolicy> put_default(std::string pattern, const Lines& rules) {
        return wait_for(world_.lifecycle_policies.put_default(world_.root, testing::own_registry(), std::move(pattern),
                                                              policy(rules)));
    }
};

TEST_F(DefaultPolicyTest, TheyAreAnExtension) {
    EXPECT_EQ(put_default("*", {rule(1, keep_one)}).error().kind, FaultKind::unsupported);
    world_.settings.lifecycle.extensions = true;
    EXPECT_TRUE(put_default("*", {rule(1, keep_one)}));
    EXPECT_EQ(put_default("A*", {rule(1, keep_one)}).error().kind, FaultKind::invalid_parameter);
    EXPECT_EQ(put_default("", {rule(1, keep_one)}).error().kind, FaultKind::invalid_parameter);
    const auto all = [&] {
        return wait_for(world_.lifecycle_policies.defaults(world_.root, testing::own_registry())).value();
    };
    EXPECT_EQ(all().at(0).pattern, "*");
    const auto remove = [&] {
        return wait_for(world_.lifecycle_policies.remove_default(world_.root, testing::own_registry(), "*"));
    };
    EXPECT_TRUE(remove());
    EXPECT_TRUE(all().empty());
    EXPECT_EQ(remove().error().kind, FaultKind::lifecycle_policy_not_found);
}

TEST_F(DefaultPolicyTest, TheyGovernRepositoriesWithoutAPolicyOfTheirOwn) {
    world_.settings.lifecycle.extensions = true;
    ASSERT_TRUE(put_default("ap*", {rule(1, keep_one)}));
    ASSERT_TRUE(put_default("other*", {rule(1, keep_one)}));
    const auto old = put("old");
    put("young");
    world_.clock.advance(1h);
    EXPECT_EQ(take_jobs(job::lifecycle_run).size(), 1U) << "a push asks for a run";
    ASSERT_TRUE(wait_for(world_.lifecycle_runs.schedule()));
    EXPECT_EQ(take_jobs(job::lifecycle_run).size(), 1U);

    // Its own policy, which keeps everything, wins.
    put_policy({rule(1, R"("tagStatus":"any","countType":"imageCountMoreThan","countNumber":100)")});
    run();
    EXPECT_TRUE(there(old));
    ASSERT_TRUE(wait_for(world_.lifecycle_policies.remove(world_.root, app_)));
    run();
    EXPECT_FALSE(there(old));
}

TEST_F(DefaultPolicyTest, WhatTheyFoundIsKeptForEachRepository) {
    world_.settings.lifecycle.extensions = true;
    ASSERT_TRUE(put_default("*", {rule(4, untagged_for_a_day)}));
    const auto child = put("child");
    put_bytes(index_of({child}), {"v1"});
    world_.clock.advance(72h);
    const auto governing = [&] { return wait_for(world_.lifecycle_policies.governing(world_.root, app_)).value(); };
    const auto evaluated = [&] { return governing().evaluation.last_evaluated_at; };
    EXPECT_EQ(governing().pattern, "*");
    EXPECT_EQ(evaluated(), Timestamp{});
    run();
    EXPECT_EQ(evaluated(), world_.clock.now());
    world_.clock.advance(1h);
    run();
    EXPECT_EQ(evaluated(), world_.clock.now());
    EXPECT_EQ(events(event::lifecycle_execution).size(), 1U) << "that the index holds its child is told once";

    ASSERT_TRUE(put_default("*", {rule(5, untagged_for_a_day)}));
    EXPECT_EQ(evaluated(), Timestamp{}) << "another policy: it was never evaluated";
    run();
    EXPECT_EQ(events(event::lifecycle_execution).size(), 2U);

    put_policy({rule(1, keep_one)});
    EXPECT_EQ(governing().pattern, "");
    EXPECT_EQ(governing().text, wait_for(world_.lifecycle_policies.get(world_.root, app_)).value().text);
    EXPECT_EQ(evaluated(), Timestamp{});
}

TEST_F(DefaultPolicyTest, WhatIsNoPolicyAnyMoreIsToldOnceAndDoesNothing) {
    world_.settings.lifecycle.extensions = true;
    const auto old = put("old");
    put("young");
    put_policy({rule(1, R"("tagStatus":"any","countType":"sinceImagePulled","countUnit":"days","countNumber":1)")});
    world_.clock.advance(72h);
    world_.settings.lifecycle.extensions = false;
    run();
    run();
    EXPECT_TRUE(there(old));
    EXPECT_EQ(world_.lifecycle_runs.statistics().refused, 1U);
    EXPECT_EQ(world_.lifecycle_runs.statistics().runs, 0U);
    world_.settings.lifecycle.extensions = true;
    run();
    EXPECT_FALSE(there(old));
    world_.settings.lifecycle.extensions = false;
    run();
    EXPECT_EQ(world_.lifecycle_runs.statistics().refused, 2U) << "it worked in between: that is news";
}

TEST_F(DefaultPolicyTest, ThereIsAMostOfThem) {
    world_.settings.lifecycle.extensions = true;
    for (std::size_t n = 0; n < LifecyclePolicies::max_defaults; ++n) {
        ASSERT_TRUE(put_default("a" + std::to_string(n), {rule(1, keep_one)}));
    }
    EXPECT_EQ(put_default("b", {rule(1, keep_one)}).error().kind, FaultKind::limit_exceeded);
    EXPECT_TRUE(put_default("a7", {rule(1, keep_one)}));
}

}  // namespace
}  // namespace berth::registry
