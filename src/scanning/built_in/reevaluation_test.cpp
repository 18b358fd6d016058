// Images that follow the database, from the queue of scans to what is shown and told of them.
#include "scanning/built_in/reevaluation.hpp"

#include "registry/events.hpp"
#include "scanning/configurations.hpp"
#include "scanning/scan_queue.hpp"
#include "scanning/scans.hpp"
#include "testing/built_in_world.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace berth::scanning {
namespace {

using namespace std::chrono_literals;
using namespace testing;

// Lets so many changes through, then the power is gone.
class FailingMetadata final : public store::Metadata {
public:
    explicit FailingMetadata(store::Metadata& real) : real_(real) {}

    Task<Result<void>> run_read(const Work& work) override { return real_.run_read(work); }
    Task<Result<void>> run_write(const Work& work, store::Durability durability) override {
        if (left-- == 0) co_return fail(FaultKind::unavailable, "the power is gone");
        co_return co_await real_.run_write(work, durability);
    }
    Task<Result<void>> check() override { return real_.check(); }

    std::size_t left = 0;

private:
    store::Metadata& real_;
};

class Following : public BuiltIn {
protected:
    Following() { scan_by(store::ScanFrequency::continuous); }

    // The registry's rule, and what its job does about the images there are.
    void scan_by(store::ScanFrequency frequency, store::ScanType type = store::ScanType::enhanced) {
        EXPECT_TRUE(wait_for(
            configurations_.put(world_.root, own_registry(), type, {{.frequency = frequency, .filters = {"*"}}})));
        EXPECT_TRUE(wait_for(configurations_.catch_up(own_registry(), {})).value());
    }

    // Pushed and scanned.
    ScanTarget add(const std::vector<std::string>& layers, const std::string& salt = "") {
        auto target = push(layers, salt);
        scan_all();
        return target;
    }
    void scan_all() {
        while (wait_for(queue_.run_next()).value()) {
        }
    }
    // A newer database, and some time later everything is up to it.
    ReevaluationReport change(const std::string& lines) {
        world_.clock.advance(1h);
        import(lines);
        return reevaluate();
    }

    ScannedImage report(const ScanTarget& target) {
        const auto found =
            wait_for(scans_.report(world_.root, target.repository, {.digest = target.digest, .tag = std::nullopt}));
        EXPECT_TRUE(found) << found.error().message;
        return found->images.at(0);
    }
    std::vector<std::string> shown(const ScanTarget& target) {
        std::vector<std::string> ids;
        for (const auto& finding : report(target).kept.findings.findings) ids.push_back(finding.id);
        std::ranges::sort(ids);
        return ids;
    }
    std::uint64_t counted(const ScanTarget& target) {
        std::uint64_t sum = 0;
        for (const auto count : report(target).scan.counts) sum += count;
        return sum;
    }
    // How often each image was told of a finding.
    std::map<std::pair<std::string, std::string>, int> told() {
        std::map<std::pair<std::string, std::string>, int> times;
        for (const auto& event : world_.look([](store::Transaction& tx) { return tx.outbox().page(0, 10'000); })) {
            if (event.kind != registry::event::scan_finding) continue;
            const auto id = event.detail.substr(event.detail.find("CVE-"), 10);
            ++times[{event.digest, id}];
        }
        return times;
    }
    [[nodiscard]] static std::pair<std::string, std::string> of(const ScanTarget& target, const std::string& id) {
        return {target.digest.text(), id};
    }

    ScanResults results_{world_.services, Keep::by_parts};
    ScanQueue queue_{world_.services, scanner_, results_, share_, {}};
    Scans scans_{world_.services};
    Configurations configurations_{world_.services};
};

using Shown = std::vector<std::string>;

TEST_F(Following, MatchesAgainOnlyWhatAChangeCanTouch) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto zlib = add({debian({"zlib"})});
    const auto twin = add({debian({"zlib"})}, "twin");
    const auto bash = add({debian({"bash"})});
    EXPECT_TRUE(reevaluate().all);  // the first time
    const auto first_seen = report(twin).kept.first_observed.at(0);

    world_.clock.advance(1h);
    import(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-9", "zlib", "1.0-3"));
    workers_.stop();
    const auto done = reevaluate();
    EXPECT_FALSE(done.all);
    EXPECT_EQ(done.changed_packages, 1U);
    EXPECT_EQ(done.inventories, 1U);  // of two images
    EXPECT_EQ(done.images, 2U);
    for (const auto& target : {zlib, twin}) {
        EXPECT_EQ(shown(target), (Shown{"CVE-2024-1", "CVE-2024-9"}));
        EXPECT_EQ(counted(target), 2U);
        EXPECT_EQ(told()[of(target, "CVE-2024-9")], 1);
        EXPECT_EQ(told()[of(target, "CVE-2024-1")], 0);
        const auto kept = report(target).kept;
        EXPECT_EQ(kept.first_observed[kept.findings.findings[0].id == "CVE-2024-1" ? 0 : 1], first_seen);
        EXPECT_EQ(kept.first_observed[kept.findings.findings[0].id == "CVE-2024-1" ? 1 : 0], first_seen + 1h);
    }
    EXPECT_EQ(shown(bash), Shown{});
    EXPECT_EQ(reevaluate().inventories, 0U);
}

TEST_F(Following, AReportNamesWhatTheImageRunsOn) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto shown_image = report(add({debian({"zlib"})}));
    EXPECT_EQ(shown_image.platform, (inventory::Platform{.os = "linux", .architecture = "amd64", .variant = ""}));
    EXPECT_EQ(shown_image.layers.size(), 1U);
}

TEST_F(Following, ImagesUponOneBaseShareWhatIsFoundInIt) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto base = debian({"zlib"});
    const auto one = add({base, debian({"zlib", "bash"})});
    const auto two = add({base, debian({"zlib", "openssl"})});
    (void)reevaluate();
    const auto done = change(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-2", "zlib", "1.0-2") +
                             record("CVE-2024-3", "openssl", "1.0-2"));
    EXPECT_EQ(done.inventories, 2U);  // the base, and what the second has upon it
    EXPECT_EQ(done.images, 3U);
    EXPECT_EQ(shown(one), (Shown{"CVE-2024-1", "CVE-2024-2"}));
    EXPECT_EQ(shown(two), (Shown{"CVE-2024-1", "CVE-2024-2", "CVE-2024-3"}));
    EXPECT_EQ(counted(two), 3U);
    EXPECT_EQ(told(), (std::map<std::pair<std::string, std::string>, int>{
                          {of(one, "CVE-2024-2"), 1}, {of(two, "CVE-2024-2"), 1}, {of(two, "CVE-2024-3"), 1}}));
}

TEST_F(Following, AFlawInTwoLayersIsOneFindingThatIsToldOnce) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"}), debian({"zlib", "bash"})});
    (void)reevaluate();
    // What the other layer has already is not new to the image ...
    (void)change(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-1", "bash", "1.0-2"));
    // ... and what comes with both is new once.
    std::string lines;
    for (const auto* package : {"zlib", "bash"}) {
        lines += record("CVE-2024-1", package, "1.0-2") + record("CVE-2024-2", package, "1.0-2");
    }
    (void)change(lines);
    EXPECT_EQ(shown(target), (Shown{"CVE-2024-1", "CVE-2024-2"}));
    EXPECT_EQ(counted(target), 2U);
    EXPECT_EQ(told(), (std::map<std::pair<std::string, std::string>, int>{{of(target, "CVE-2024-2"), 1}}));
}

TEST_F(Following, AFindingThatGoesIsShownAndCountedNoMore) {
    import(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-2", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"})});
    (void)reevaluate();
    const auto before = report(target).scan.revision;
    (void)change(record("CVE-2024-1", "zlib", "1.0-2"));
    EXPECT_EQ(shown(target), Shown{"CVE-2024-1"});
    EXPECT_EQ(counted(target), 1U);
    EXPECT_NE(report(target).scan.revision, before);
    EXPECT_TRUE(told().empty());
}

TEST_F(Following, AChangeThatMakesNoDifferenceTouchesNoImage) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"})});
    (void)reevaluate();
    const auto before = report(target).scan.revision;
    const auto done = change(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-2", "zlib", "0.9-1"));
    EXPECT_EQ(done.inventories, 1U);
    EXPECT_EQ(done.images, 0U);
    EXPECT_EQ(report(target).scan.revision, before);
}

TEST_F(Following, ANewStreamIsMatched) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto bullseye =
        gzipped(Tar()
                    .file("etc/os-release", "ID=debian\nVERSION_ID=\"11\"\n")
                    .file("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 1\n\n")
                    .end());
    const auto target = push({bullseye});
    EXPECT_EQ(scan(target, scan::Depth::enhanced)->outcome, scan::Outcome::unsupported_system);
    (void)reevaluate();
    auto eleven = record("CVE-2024-2", "zlib", "1.0-2");
    eleven.replace(eleven.find("Debian:12"), 9, "Debian:11");
    EXPECT_EQ(change(record("CVE-2024-1", "zlib", "1.0-2") + eleven).inventories, 1U);
}

TEST_F(Following, AfterALongPauseEverythingIsMatched) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"})});
    (void)reevaluate();
    // Two generations on, the one that findings are up to is nowhere any more.
    for (const auto* id : {"CVE-2024-2", "CVE-2024-3", "CVE-2024-4"}) import(record(id, "openssl", "1.0-2"));
    EXPECT_TRUE(reevaluate().all);
    EXPECT_EQ(shown(target), Shown{});
    EXPECT_EQ(counted(target), 0U);
}

TEST_F(Following, WhatWasMatchedByAnOlderDatabaseMeanwhileIsMatchedAgain) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    (void)add({debian({"bash"})});
    (void)reevaluate();
    const auto old = databases_.current();
    (void)change(record("CVE-2024-2", "zlib", "1.0-2"));
    // A scan that began before.
    const auto target = push({debian({"zlib"})});
    inventory::Inventory inventory;
    inventory.distribution = inventory::Distribution{.id = "debian", .version_id = "12"};
    inventory.packages = {{.type = inventory::PackageType::deb, .name = "zlib", .version = "1.0-1"}};
    Follower follower(world_.services, threads_, share_);
    const auto found = wait_for(
        follower.follow(row(target), inventory, *old, {.depth = scan::Depth::enhanced, .now = world_.clock.now()}));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->findings.at(0).id, "CVE-2024-1");
    EXPECT_EQ(reevaluate().inventories, 1U);
    scan_all();
    EXPECT_EQ(shown(target), Shown{"CVE-2024-2"});
}

TEST_F(Following, AScanThatEndsAfterwardsTellsWhatCameMeanwhile) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"})});
    (void)reevaluate();
    world_.clock.advance(1h);
    ASSERT_TRUE(wait_for(scans_.rescan(world_.root, target.repository, {{.digest = target.digest, .tag = {}}}, "")));
    (void)change(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-2", "zlib", "1.0-2"));
    EXPECT_TRUE(told().empty());  // its scan waits
    scan_all();
    EXPECT_EQ(counted(target), 2U);
    EXPECT_EQ(told()[of(target, "CVE-2024-2")], 1);
    EXPECT_EQ(told()[of(target, "CVE-2024-1")], 0);
}

TEST_F(Following, WhatIsStoppedIsGoneOnWith) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"})});
    (void)reevaluate();
    world_.clock.advance(1h);
    import(record("CVE-2024-2", "zlib", "1.0-2"));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(wait_for(reevaluation_.run(stop.get_token())).value().finished);
    EXPECT_EQ(shown(target), Shown{"CVE-2024-1"});
    EXPECT_EQ(reevaluate().images, 1U);
    EXPECT_EQ(shown(target), Shown{"CVE-2024-2"});
}

// One scan for a push, says ECR of this frequency.
TEST_F(Following, AnImageThatIsScannedOnPushStaysAsItWasScanned) {
    scan_by(store::ScanFrequency::on_push);
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"})});
    (void)reevaluate();
    const auto before = report(target).scan;
    EXPECT_FALSE(before.continuous);
    const auto done = change(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-2", "zlib", "1.0-2"));
    EXPECT_EQ(done.inventories, 0U);
    EXPECT_EQ(shown(target), Shown{"CVE-2024-1"});
    EXPECT_EQ(report(target).scan.completed_at, before.completed_at);
    // Even where everything is matched again.
    for (const auto* id : {"CVE-2024-3", "CVE-2024-4", "CVE-2024-5"}) import(record(id, "zlib", "1.0-2"));
    const auto all = reevaluate();
    EXPECT_TRUE(all.all);
    EXPECT_EQ(all.inventories, 0U);
    EXPECT_EQ(shown(target), Shown{"CVE-2024-1"});
    EXPECT_TRUE(told().empty());
    // A scan by hand is a scan of its own, by the database there is then.
    world_.clock.advance(1h);
    ASSERT_TRUE(wait_for(scans_.rescan(world_.root, target.repository, {{.digest = target.digest, .tag = {}}}, "")));
    scan_all();
    EXPECT_EQ(shown(target), Shown{"CVE-2024-5"});
}

TEST_F(Following, UnderAContinuousRuleAnImageIsBroughtUpToDateAndFollows) {
    scan_by(store::ScanFrequency::on_push);
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"})});
    auto lines = record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-2", "zlib", "1.0-2");
    (void)change(lines);
    workers_.stop();  // what the layers hold is known
    scan_by(store::ScanFrequency::continuous);
    scan_all();
    EXPECT_TRUE(report(target).scan.continuous);
    EXPECT_EQ(shown(target), (Shown{"CVE-2024-1", "CVE-2024-2"}));
    EXPECT_EQ(counted(target), 2U);
    lines += record("CVE-2024-3", "zlib", "1.0-2");
    EXPECT_EQ(change(lines).images, 1U);
    EXPECT_EQ(shown(target), (Shown{"CVE-2024-1", "CVE-2024-2", "CVE-2024-3"}));
    // Said again, the rule asks for nothing.
    const auto revision = report(target).scan.revision;
    scan_by(store::ScanFrequency::continuous);
    scan_all();
    EXPECT_EQ(report(target).scan.revision, revision);
}

TEST_F(Following, WithoutItsContinuousRuleAnImageStaysAsItIs) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto base = debian({"zlib"});
    const auto one = add({base});
    const auto two = add({base, debian({"zlib", "bash"})});
    (void)reevaluate();
    const auto before = report(one);
    world_.clock.advance(1h);
    scan_by(store::ScanFrequency::on_push);
    scan_all();
    const auto after = report(one);
    EXPECT_FALSE(after.scan.continuous);
    EXPECT_EQ(after.scan.completed_at, before.scan.completed_at);
    EXPECT_EQ(after.kept.findings.findings, before.kept.findings.findings);
    EXPECT_EQ(after.kept.first_observed, before.kept.first_observed);
    const auto parts = [&](const ScanTarget& target) {
        return world_.look([&](store::Transaction& tx) { return tx.inventories().followed(row(target)); });
    };
    EXPECT_EQ(parts(one).at(0).inventory, parts(two).at(0).inventory);  // shared as before
    EXPECT_EQ(wait_for(reevaluation_.sweep(10)).value(), 2U);
    EXPECT_EQ(change(record("CVE-2024-2", "zlib", "1.0-2") + record("CVE-2024-2", "bash", "1.0-2")).inventories, 0U);
    for (const auto& target : {one, two}) {
        EXPECT_EQ(shown(target), Shown{"CVE-2024-1"});
        EXPECT_EQ(counted(target), 1U);
    }
    EXPECT_TRUE(told().empty());
}

TEST_F(Following, ABasicRegistryFollowsNothing) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = add({debian({"zlib"})});
    (void)reevaluate();
    scan_by(store::ScanFrequency::on_push, store::ScanType::basic);
    EXPECT_EQ(change(record("CVE-2024-2", "zlib", "1.0-2")).images, 0U);
    EXPECT_TRUE(told().empty());
}

TEST_F(Following, ARuleThatComesWhileAnImageIsScannedIsNotMissed) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    scan_by(store::ScanFrequency::on_push);
    const auto target = push({debian({"zlib"})});
    const auto begun = wait_for(world_.metadata->write([&](store::Transaction& tx) -> Result<bool> {
        auto scan = tx.scans().find(row(target));
        scan->state = store::ScanState::in_progress;
        tx.scans().put(*scan);
        return tx.scans().claim("me", world_.clock.now(), world_.clock.now() + 1h).has_value();
    }));
    ASSERT_TRUE(begun && *begun);
    auto at_the_beginning = target;
    at_the_beginning.follows = false;
    auto findings = scan(at_the_beginning, scan::Depth::enhanced);
    ASSERT_TRUE(findings);
    scan_by(store::ScanFrequency::continuous);
    EXPECT_TRUE(wait_for(results_.keep(row(target), {.type = store::ScanType::enhanced, .target = at_the_beginning},
                                       std::move(*findings), "me"))
                    .value());
    scan_all();
    (void)reevaluate();
    EXPECT_EQ(change(record("CVE-2024-2", "zlib", "1.0-2")).images, 1U);
    EXPECT_EQ(shown(target), Shown{"CVE-2024-2"});
}

// Wherever it dies, each image is told exactly once.
TEST_F(Following, DyingAnywhereLosesNoImageAndTellsNoneTwice) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto base = debian({"zlib"});
    std::vector<ScanTarget> targets;
    for (const auto* name : {"a", "b", "c", "d", "e"}) targets.push_back(add({base, debian({"zlib", name})}));
    (void)reevaluate();
    FailingMetadata failing(*world_.metadata);
    registry::Services services{.clock = world_.clock,
                                .random = world_.random,
                                .metadata = failing,
                                .blobs = world_.services.blobs,
                                .authorizer = world_.services.authorizer,
                                .settings = world_.services.settings};
    std::string lines = record("CVE-2024-1", "zlib", "1.0-2");
    std::map<std::pair<std::string, std::string>, int> expected;
    std::size_t deaths = 0;
    for (int round = 2; round < 6; ++round) {
        world_.clock.advance(1h);
        const auto id = "CVE-2024-" + std::to_string(round);
        for (const auto* package : {"zlib", "a", "c"}) lines += record(id, package, "1.0-2");
        import(lines);
        for (bool done = false; !done;) {
            failing.left = deaths % 7;
            Reevaluation reevaluation(services, databases_, threads_, share_, false, 2);
            done = wait_for(reevaluation.run()).has_value();
            if (!done) ++deaths;
            ASSERT_LT(deaths, 200U);
        }
        for (const auto& target : targets) {
            ++expected[of(target, id)];
            EXPECT_EQ(counted(target), static_cast<std::uint64_t>(round));
        }
    }
    EXPECT_GT(deaths, 4U);
    EXPECT_EQ(told(), expected);
}

}  // namespace
}  // namespace berth::scanning
