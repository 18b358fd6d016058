#include "registry/events.hpp"
#include "registry/scan_requests.hpp"
#include "scanning/configurations.hpp"
#include "scanning/scan_queue.hpp"
#include "scanning/scans.hpp"
#include "scanning/suppressions.hpp"
#include "testing/manifests.hpp"
#include "testing/world.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <thread>

namespace berth::scanning {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using store::ScanFrequency;
using store::ScanState;
using store::ScanType;

constexpr std::string_view config_type = "application/vnd.oci.image.config.v1+json";
constexpr std::string_view layer_type = "application/vnd.oci.image.layer.v1.tar+gzip";

scan::Finding finding(std::string id, scan::Severity severity, std::string package = "openssl") {
    scan::Finding made;
    made.id = std::move(id);
    made.severity = severity;
    made.description = "a flaw";
    made.cvss.push_back(*scan::parse_cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "NVD"));
    auto& installed = made.packages.emplace_back();
    installed.type = inventory::PackageType::deb;
    installed.name = installed.source_name = std::move(package);
    installed.version = installed.source_version = "1.0-1";
    installed.arch = "amd64";
    installed.path = "var/lib/dpkg/status";
    installed.fixed_in = "1.0-2";
    installed.severity = severity;
    made.fix_available = scan::FixAvailable::yes;
    made.epss = 0.25;
    return made;
}

scan::Findings found(std::vector<scan::Finding> list) {
    scan::Findings findings;
    findings.findings = std::move(list);
    findings.database = {.generation = "g1", .built_at = 1, .newest_record_at = 1'000};
    return findings;
}

// Answers what a test put there, in the order of the calls, then nothing found. What it has seen is looked at when no
// queue runs.
class FakeScanner final : public Scanner {
public:
    Task<Result<scan::Findings>> scan(const ScanTarget& target, scan::Depth depth) override {
        const std::scoped_lock lock(mutex_);
        scanned.push_back(target);
        depths.push_back(depth);
        if (throws) throw std::runtime_error("the scanner is broken");
        if (answers.empty()) co_return found({});
        auto answer = std::move(answers.front());
        answers.pop_front();
        co_return answer;
    }
    std::deque<Result<scan::Findings>> answers;
    std::vector<ScanTarget> scanned;
    std::vector<scan::Depth> depths;
    bool throws = false;

private:
    std::mutex mutex_;
};

class Scanning : public ::testing::Test {
protected:
    // A container image with one layer that is pushed without a scan when nothing asks for one.
    model::Digest push(std::string_view repository_name, std::string_view tag_name, std::string_view salt = "",
                       std::string_view layers = layer_type, std::string_view configs = config_type) {
        const std::string config = "config" + std::string(salt);
        const std::string layer = "layer" + std::string(salt);
        world.push(repository_name, config);
        world.push(repository_name, layer);
        const auto bytes = R"({"schemaVersion":2,"mediaType":")" + std::string(image_type) + R"(","config":)" +
                           descriptor(configs, digest(config), config.size()) + R"(,"layers":[)" +
                           descriptor(layers, digest(layer), layer.size()) + "]}";
        return put(repository_name, tag_name, bytes);
    }
    model::Digest put(std::string_view repository_name, std::string_view tag_name, const std::string& bytes) {
        registry::NewManifest manifest{.bytes = bytes, .media_type = {}, .expected_digest = {}, .tags = {}};
        if (!tag_name.empty()) manifest.tags.push_back(tag(tag_name));
        return wait_for(world.images.put(world.root, repository(repository_name), std::move(manifest)))
            .value()
            .image.digest;
    }
    model::Repository create(std::string_view text, bool scan_on_push) {
        const auto made = world.create(text);
        if (scan_on_push) {
            EXPECT_TRUE(wait_for(world.repositories.set_scan_on_push(world.root, repository(text), true)));
        }
        return made;
    }
    void configure(ScanType type, std::vector<store::ScanRule> rules) {
        ASSERT_TRUE(wait_for(configurations.put(world.root, own_registry(), type, std::move(rules))));
    }
    Result<ScanReport> report(std::string_view repository_name, const model::Digest& of) {
        return wait_for(scans.report(world.root, repository(repository_name), {.digest = of, .tag = {}}));
    }
    FaultKind report_fault(std::string_view repository_name, const model::Digest& of) {
        const auto got = report(repository_name, of);
        return got ? FaultKind::internal : got.error().kind;
    }
    Result<model::Image> start(std::string_view repository_name, const model::Digest& of) {
        return wait_for(scans.start(world.root, repository(repository_name), {.digest = of, .tag = {}}));
    }
    std::size_t run_all() {
        std::size_t count = 0;
        while (wait_for(queue.run_next()).value()) ++count;
        return count;
    }
    std::vector<store::Event> events(std::string_view kind) {
        auto all = world.look([](store::Transaction& tx) { return tx.outbox().page(0, 1000); });
        std::erase_if(all, [&](const auto& event) { return event.kind != kind; });
        return all;
    }

    World world;
    FakeScanner scanner;
    ScanResults results{world.services};
    ShareOfTime unlimited{100, [] { return false; }};
    ScanQueue queue{world.services, scanner, results, unlimited, {.workers = 2, .poll = 10ms}};
    Scans scans{world.services};
    Configurations configurations{world.services};
    Suppressions suppressions{world.services};
};

TEST_F(Scanning, APushToAScanOnPushRepositoryIsScanned) {
    create("app", true);
    create("quiet", false);
    const auto pushed = push("app", "1");
    const auto unasked = push("quiet", "1");
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::pending);
    EXPECT_EQ(report_fault("quiet", unasked), FaultKind::scan_not_found);

    scanner.answers.emplace_back(
        found({finding("CVE-2024-2", scan::Severity::critical), finding("CVE-2024-1", scan::Severity::low)}));
    EXPECT_EQ(run_all(), 1U);
    ASSERT_EQ(scanner.scanned.size(), 1U);
    EXPECT_EQ(scanner.scanned[0].digest, pushed);
    EXPECT_EQ(scanner.scanned[0].repository.name, name("app"));
    ASSERT_EQ(scanner.scanned[0].layers.size(), 1U);
    EXPECT_EQ(scanner.scanned[0].layers[0].digest, digest("layer"));
    EXPECT_EQ(scanner.depths[0], scan::Depth::basic);

    const auto got = report("app", pushed).value();
    EXPECT_EQ(got.scan.state, ScanState::complete);
    EXPECT_EQ(got.scan.counts, (store::SeverityCounts{0, 0, 1, 0, 0, 1}));
    EXPECT_EQ(got.scan.source_updated_at, Timestamp(1'000ms));
    const auto list = basic_list(got);
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0].name, "CVE-2024-2");

    const auto told = events(registry::event::scan_complete);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].digest, pushed.text());
    EXPECT_EQ(told[0].detail, R"({"scan-type":"BASIC","scan-status":"COMPLETE","image-tags":["1"],)"
                              R"("finding-severity-counts":{"CRITICAL":1,"LOW":1}})");
    EXPECT_TRUE(events(registry::event::scan_finding).empty());
}

TEST_F(Scanning, DescribedImagesShowTheirScan) {
    create("app", true);
    push("app", "1");
    scanner.answers.emplace_back(found({finding("CVE-2024-1", scan::Severity::high)}));
    run_all();
    const auto page = wait_for(world.images.page(world.root, repository("app"), {}, "", 10)).value();
    ASSERT_TRUE(page.at(0).scan);
    EXPECT_EQ(page[0].scan->counts[4], 1U);
    // Another type of scan is not what the registry wants any more.
    configure(ScanType::enhanced, {{.frequency = ScanFrequency::on_push, .filters = {"none"}}});
    EXPECT_FALSE(wait_for(world.images.page(world.root, repository("app"), {}, "", 10)).value().at(0).scan);
}

TEST_F(Scanning, WhatIsKeptComesBackAsItWas) {
    KeptFindings kept;
    auto one = finding("CVE-2024-1", scan::Severity::medium);
    one.related = {"DSA-1", "GHSA-x"};
    one.vendor_severity = "moderate";
    one.references = {"https://example.com/1"};
    one.published_at = 5;
    one.known_exploited = true;
    one.kernel_headers_only = true;
    kept.findings = found({one, finding("CVE-2024-2", scan::Severity::undefined)});
    kept.findings.distribution = {.id = "debian", .version_id = "12", .codename = "bookworm", .name = "Debian 12"};
    kept.findings.notes = {"a note"};
    kept.first_observed = {Timestamp(7ms), Timestamp(8ms)};
    const auto bytes = encode_findings(kept);
    const auto back = decode_findings(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->findings.findings, kept.findings.findings);
    EXPECT_EQ(back->findings.distribution, kept.findings.distribution);
    EXPECT_EQ(back->findings.notes, kept.findings.notes);
    EXPECT_EQ(back->findings.database.generation, "g1");
    EXPECT_EQ(back->first_observed, kept.first_observed);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_findings(bytes.substr(0, size)));
}

TEST_F(Scanning, StartsByHand) {
    create("app", false);
    const auto pushed = push("app", "1");
    EXPECT_TRUE(start("app", pushed));
    EXPECT_TRUE(start("app", pushed));  // under way: the same scan
    EXPECT_EQ(run_all(), 1U);
    EXPECT_TRUE(start("app", pushed));
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(start("app", digest("none")).error().kind, FaultKind::image_not_found);
    world.authorizer.deny(iam::action::start_image_scan, "app");
    EXPECT_EQ(start("app", pushed).error().kind, FaultKind::access_denied);
}

TEST_F(Scanning, TheLimitCountsFromTheLastScanWhateverStartedIt) {
    world.settings.scans.manual_interval = 24h;
    create("app", true);
    const auto pushed = push("app", "1");
    run_all();
    EXPECT_EQ(start("app", pushed).error().kind, FaultKind::limit_exceeded);
    world.clock.advance(24h);
    EXPECT_TRUE(start("app", pushed));
}

TEST_F(Scanning, WhatIsNoContainerImageIsNotScanned) {
    create("app", true);
    const auto attestation = push("app", "", "a", "application/vnd.in-toto+json");
    const auto chart = push("app", "", "c", "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                            "application/vnd.cncf.helm.config.v1+json");
    EXPECT_EQ(run_all(), 0U);
    EXPECT_EQ(start("app", attestation).error().kind, FaultKind::unsupported_image_type);
    EXPECT_EQ(start("app", chart).error().kind, FaultKind::unsupported_image_type);
}

TEST_F(Scanning, AnArchivedImageIsNotScannedUntilItComesBack) {
    create("app", true);
    const auto pushed = push("app", "1");
    run_all();
    const model::ImageIdentifier id{.digest = pushed, .tag = {}};
    ASSERT_TRUE(
        wait_for(world.storage_classes.update(world.root, repository("app"), id, registry::StorageClass::archive)));
    EXPECT_EQ(start("app", pushed).error().kind, FaultKind::image_archived);
    const auto image =
        wait_for(world.storage_classes.update(world.root, repository("app"), id, registry::StorageClass::standard))
            .value();
    ASSERT_TRUE(wait_for(world.storage_classes.activate(image.id)));
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::pending);
    EXPECT_FALSE(report("app", pushed)->scan.completed_at);
    EXPECT_EQ(run_all(), 1U);
}

TEST_F(Scanning, AnIndexIsScannedByItsChildren) {
    create("app", false);
    const auto first = push("app", "", "1");
    const auto second = push("app", "", "2");
    const auto attestation = push("app", "", "a", "application/vnd.in-toto+json");
    const auto manifest_of = [&](const model::Digest& of) {
        return world.look([&](store::Transaction& tx) {
            const auto row = tx.repositories().find(own_registry(), name("app"))->id;
            return tx.images().manifest(tx.images().find(row, of)->id);
        });
    };
    const auto index =
        put("app", "multi", index_of({manifest_of(first), manifest_of(second), manifest_of(attestation)}));
    EXPECT_EQ(report_fault("app", index), FaultKind::scan_not_found);
    EXPECT_EQ(start("app", index)->digest, index);
    scanner.answers.emplace_back(
        found({finding("CVE-2024-1", scan::Severity::low), finding("CVE-2024-2", scan::Severity::low)}));
    EXPECT_TRUE(wait_for(queue.run_next()).value());
    EXPECT_EQ(report("app", index)->scan.state, ScanState::pending);
    scanner.answers.emplace_back(
        found({finding("CVE-2024-3", scan::Severity::high), finding("CVE-2024-1", scan::Severity::low)}));
    EXPECT_EQ(run_all(), 1U);
    const auto got = report("app", index).value();
    EXPECT_EQ(got.scan.state, ScanState::complete);
    EXPECT_EQ(got.images.size(), 2U);
    const auto list = basic_list(got);
    ASSERT_EQ(list.size(), 3U);
    EXPECT_EQ(list[0].name, "CVE-2024-3");
    EXPECT_EQ(list[1].name, "CVE-2024-1");
    EXPECT_EQ(list[2].name, "CVE-2024-2");
}

TEST_F(Scanning, ScansGiveWayWhileSomebodyPushes) {
    create("app", true);
    for (int i = 0; i < 4; ++i) push("app", "t" + std::to_string(i), std::to_string(i));
    std::atomic<bool> pushing = true;
    ShareOfTime share(5, [&] { return pushing.load(); });
    share.worked(1s);
    ScanQueue paced(world.services, scanner, results, share, {.workers = 2, .poll = 10ms});
    paced.start();
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(paced.statistics().completed, 0U);  // ten seconds are owed
    pushing = false;
    const auto until = std::chrono::steady_clock::now() + 9s;
    while (paced.statistics().completed < 4 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(5ms);
    EXPECT_EQ(paced.statistics().completed, 4U);
    paced.stop();
}

TEST_F(Scanning, APushThatMaySoonBeOverIsLetThroughFirst) {
    create("app", true);
    push("app", "1");
    ShareOfTime share(5, [&] { return world.services.pushes.within(100ms); });
    ScanQueue paced(world.services, scanner, results, share, {.workers = 1, .poll = 10ms});
    {
        // Images in a row, so that the pusher would have to be held up for a tenth of a second to fail this.
        for (int i = 0; i < 2; ++i) world.services.pushes.note_image();
        const std::jthread pusher([&](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                world.services.pushes.note();
                std::this_thread::sleep_for(1ms);
            }
        });
        paced.start();
        std::this_thread::sleep_for(200ms);
        EXPECT_EQ(paced.statistics().completed, 0U);
    }
    const auto until = std::chrono::steady_clock::now() + 9s;
    while (paced.statistics().completed < 1 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(5ms);
    EXPECT_EQ(paced.statistics().completed, 1U);
    paced.stop();
}

TEST_F(Scanning, AScanCountsAgainstTheShare) {
    create("app", true);
    push("app", "1");
    ShareOfTime share(1, [] { return true; });
    ScanQueue paced(world.services, scanner, results, share, {.workers = 1});
    EXPECT_EQ(share.to_wait(), 0ms);
    EXPECT_TRUE(wait_for(paced.run_next()).value());
    EXPECT_GT(share.to_wait(), 0ms);
}

TEST_F(Scanning, RepositoriesTakeTurns) {
    create("many", true);
    create("few", true);
    for (int i = 0; i < 6; ++i) push("many", "", "m" + std::to_string(i));
    run_all();
    scanner.scanned.clear();
    for (int i = 10; i < 16; ++i) push("many", "", "m" + std::to_string(i));
    EXPECT_TRUE(wait_for(queue.run_next()).value());
    push("few", "", "f1");
    push("few", "", "f2");
    run_all();
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < scanner.scanned.size(); ++i) {
        if (scanner.scanned[i].repository.name == name("few")) places.push_back(i);
    }
    ASSERT_EQ(places.size(), 2U);
    EXPECT_LE(places[0], 2U);
    EXPECT_LE(places[1], 4U);
}

TEST_F(Scanning, WhatMayPassIsTriedAgainAndThenFails) {
    create("app", true);
    const auto pushed = push("app", "1");
    for (int i = 0; i < 4; ++i) scanner.answers.emplace_back(fail(FaultKind::unavailable, "no database"));
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::pending);
    EXPECT_EQ(run_all(), 0U);
    for (const auto wait : {2s, 4s, 8s}) {
        world.clock.advance(wait - 1ms);
        EXPECT_EQ(run_all(), 0U);
        world.clock.advance(1ms);
        EXPECT_EQ(run_all(), 1U);
    }
    const auto failed = report("app", pushed).value();
    EXPECT_EQ(failed.scan.state, ScanState::failed);
    EXPECT_EQ(failed.scan.reason, "no database");
    EXPECT_EQ(queue.statistics().retried, 3U);
    EXPECT_EQ(events(registry::event::scan_complete).at(0).detail,
              R"({"scan-type":"BASIC","scan-status":"FAILED","image-tags":["1"],"reason":"no database"})");
    world.clock.advance(24h);
    EXPECT_EQ(run_all(), 0U);
    // A database came.
    EXPECT_EQ(wait_for(queue.retry_failed()).value(), 1U);
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::complete);
    EXPECT_EQ(wait_for(queue.retry_failed()).value(), 0U);
}

TEST_F(Scanning, WhatCannotPassFailsAtOnce) {
    create("app", true);
    const auto bomb = push("app", "1", "1");
    scanner.answers.emplace_back(fail(FaultKind::too_large, "the layer is a bomb"));
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(report("app", bomb)->scan.state, ScanState::failed);
    EXPECT_EQ(wait_for(queue.retry_failed()).value(), 0U);

    const auto windows = push("app", "2", "2");
    auto unsupported = found({});
    unsupported.outcome = scan::Outcome::unsupported_system;
    unsupported.reason = "It has no os-release.";
    scanner.answers.emplace_back(std::move(unsupported));
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(report("app", windows)->scan.reason,
              "UnsupportedImageError: The operating system and/or package manager are not supported. "
              "It has no os-release.");
}

TEST_F(Scanning, AScannerThatThrowsFailsItsScanOnly) {
    create("app", true);
    push("app", "1");
    scanner.throws = true;
    EXPECT_EQ(run_all(), 1U);
    scanner.throws = false;
    world.clock.advance(2s);
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(queue.statistics().completed, 1U);
}

TEST_F(Scanning, ALeaseThatRanOutIsTakenOver) {
    create("app", true);
    const auto pushed = push("app", "1");
    const auto claim = [&](std::string_view owner) {
        return wait_for(world.metadata->write([&](store::Transaction& tx) -> Result<bool> {
                   return tx.scans().claim(owner, world.clock.now(), world.clock.now() + 30s).has_value();
               }))
            .value();
    };
    EXPECT_TRUE(claim("dead"));
    EXPECT_EQ(run_all(), 0U);
    world.clock.advance(30s);
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::complete);
    // The one that was given up for dead says something after all.
    const auto image = report("app", pushed)->images[0].image.id;
    EXPECT_FALSE(wait_for(results.keep(image, ScanType::basic, found({}), "dead")).value());
}

TEST_F(Scanning, AnImageThatGoesTakesItsScanAlong) {
    create("app", true);
    const auto scanned = push("app", "1", "1");
    run_all();
    const auto waiting = push("app", "2", "2");
    ASSERT_TRUE(wait_for(world.images.remove(world.root, repository("app"), scanned)));
    ASSERT_TRUE(wait_for(world.images.remove(world.root, repository("app"), waiting)));
    EXPECT_EQ(run_all(), 0U);
    // Out of the bin it is scanned like a push.
    ASSERT_TRUE(wait_for(world.bin.restore(world.root, repository("app"), {{.digest = scanned, .tag = {}}}, {})));
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(report("app", scanned)->scan.state, ScanState::complete);
}

TEST_F(Scanning, RegistryRulesDecideByName) {
    world.create("prod/app");
    world.create("dev/app");
    configure(ScanType::basic, {{.frequency = ScanFrequency::on_push, .filters = {"prod"}}});
    push("prod/app", "1");
    push("dev/app", "1");
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(scanner.scanned[0].repository.name, name("prod/app"));
    const auto plans = wait_for(configurations.of_repositories(world.root, own_registry(),
                                                               {name("prod/app"), name("dev/app"), name("none")}))
                           .value();
    EXPECT_EQ(plans[0].plan.frequency, ScanFrequency::on_push);
    EXPECT_EQ(plans[0].plan.filter, "prod");
    EXPECT_EQ(plans[1].plan.frequency, ScanFrequency::manual);
    EXPECT_FALSE(plans[2].repository);
}

TEST_F(Scanning, OnlyTagsThatFitAreScanned) {
    create("app", true);
    ASSERT_TRUE(wait_for(configurations.put_tag_patterns(world.root, own_registry(), {"v*"})));
    push("app", "dev-1", "1");
    EXPECT_EQ(run_all(), 0U);
    const auto child = push("app", "", "2");
    EXPECT_EQ(run_all(), 0U);
    push("app", "v1", "3");
    EXPECT_EQ(run_all(), 1U);
    const auto bytes = world.look([&](store::Transaction& tx) {
        const auto row = tx.repositories().find(own_registry(), name("app"))->id;
        return tx.images().manifest(tx.images().find(row, child)->id);
    });
    put("app", "v2", index_of({bytes}));
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(scanner.scanned.back().digest, child);
}

TEST_F(Scanning, RulesThatMeanNothingAreRefused) {
    const auto put = [&](ScanType type, std::vector<store::ScanRule> rules) {
        return wait_for(configurations.put(world.root, own_registry(), type, std::move(rules))).has_value();
    };
    EXPECT_FALSE(put(ScanType::basic, {{.frequency = ScanFrequency::continuous, .filters = {"*"}}}));
    EXPECT_FALSE(put(ScanType::enhanced, {{.frequency = ScanFrequency::manual, .filters = {"*"}}}));
    EXPECT_FALSE(put(ScanType::basic, {{.frequency = ScanFrequency::on_push, .filters = {"a"}},
                                       {.frequency = ScanFrequency::on_push, .filters = {"b"}}}));
    EXPECT_TRUE(put(ScanType::enhanced, {{.frequency = ScanFrequency::on_push, .filters = {"a"}},
                                         {.frequency = ScanFrequency::continuous, .filters = {"b"}}}));
    const auto kept = wait_for(configurations.get(world.root, own_registry())).value();
    EXPECT_EQ(kept.rules.size(), 2U);
    EXPECT_EQ(kept.rules[1].filters, std::vector<std::string>{"b"});
}

TEST_F(Scanning, AnEnhancedRegistryCatchesUpAndFollowsTheDatabase) {
    world.create("app");
    const auto pushed = push("app", "1");
    EXPECT_EQ(run_all(), 0U);
    configure(ScanType::enhanced, {});
    ASSERT_TRUE(wait_for(configurations.catch_up(own_registry(), {})).value());
    EXPECT_EQ(start("app", pushed).error().kind, FaultKind::not_offered);
    scanner.answers.emplace_back(found({finding("CVE-2024-1", scan::Severity::low)}));
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(scanner.depths[0], scan::Depth::enhanced);
    auto got = report("app", pushed).value();
    EXPECT_TRUE(got.scan.continuous);
    const auto first_seen = got.images[0].kept.first_observed.at(0);

    world.clock.advance(1h);
    const auto image = got.images[0].image.id;
    EXPECT_TRUE(wait_for(results.replace(image, ScanType::enhanced,
                                         found({finding("CVE-2024-2", scan::Severity::critical),
                                                finding("CVE-2024-1", scan::Severity::low)})))
                    .value());
    got = report("app", pushed).value();
    EXPECT_EQ(got.scan.counts, (store::SeverityCounts{0, 0, 1, 0, 0, 1}));
    EXPECT_EQ(got.images[0].kept.first_observed[1], first_seen);
    EXPECT_EQ(got.images[0].kept.first_observed[0], first_seen + 1h);
    const auto told = events(registry::event::scan_finding);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].detail, R"({"vulnerability-id":"CVE-2024-2","severity":"CRITICAL","fix-available":"YES",)"
                              R"("packages":[{"name":"openssl","version":"1.0-1","fixed-in":"1.0-2"}]})");
    EXPECT_EQ(events(registry::event::scan_complete).size(), 1U);
    EXPECT_FALSE(wait_for(results.replace(image, ScanType::basic, found({}))).value());
    // And by hand, where a setting allows it.
    world.settings.scans.manual_enhanced = true;
    EXPECT_TRUE(start("app", pushed));
}

TEST_F(Scanning, SuppressedFindingsStayAndSaySo) {
    create("app", true);
    const auto pushed = push("app", "1");
    scanner.answers.emplace_back(
        found({finding("CVE-2024-1", scan::Severity::high), finding("CVE-2024-2", scan::Severity::low)}));
    run_all();
    store::SuppressionRule rule{.name = "parser",
                                .vulnerability = "CVE-2024-1",
                                .package = "",
                                .repository = "app",
                                .tags = {"1"},
                                .reason = "never reached",
                                .until = world.clock.now() + 1h,
                                .created_at = {}};
    ASSERT_TRUE(wait_for(suppressions.put(world.root, own_registry(), rule)));
    auto got = report("app", pushed).value().images[0].kept.findings.findings;
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0].suppression->reason, "never reached");
    EXPECT_FALSE(got[1].suppression);
    world.clock.advance(1h);
    EXPECT_FALSE(report("app", pushed).value().images[0].kept.findings.findings[0].suppression);
    EXPECT_EQ(wait_for(suppressions.list(world.root, own_registry())).value().size(), 1U);
    ASSERT_TRUE(wait_for(suppressions.remove(world.root, own_registry(), "parser")));
    EXPECT_FALSE(wait_for(suppressions.remove(world.root, own_registry(), "parser")));
    rule.vulnerability.clear();
    EXPECT_FALSE(wait_for(suppressions.put(world.root, own_registry(), rule)));
}

TEST_F(Scanning, AnAttachedVexDocumentCounts) {
    create("app", true);
    const auto pushed = push("app", "1");
    scanner.answers.emplace_back(found({finding("CVE-2024-1", scan::Severity::high)}));
    run_all();
    const std::string vex =
        R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"vex-1","author":"us","timestamp":"2024-01-01T00:00:00Z",)"
        R"("version":1,"statements":[{"vulnerability":{"name":"CVE-2024-1"},"products":[{"@id":"pkg:deb/debian/openssl"}],)"
        R"("status":"not_affected","justification":"vulnerable_code_not_present"}]})";
    world.push("app", vex);
    world.push("app", "{}");
    put("app", "",
        R"({"schemaVersion":2,"mediaType":")" + std::string(image_type) +
            R"(","artifactType":"application/vnd.openvex+json","config":)" +
            descriptor("application/vnd.oci.empty.v1+json", digest("{}"), 2) + R"(,"layers":[)" +
            descriptor("application/vnd.openvex+json", digest(vex), vex.size()) + R"(],"subject":)" +
            descriptor(image_type, pushed, 7) + "}");
    const auto one = report("app", pushed).value().images[0].kept.findings.findings.at(0);
    ASSERT_TRUE(one.suppression);
    EXPECT_EQ(one.suppression->by, scan::Suppression::By::vex);
    world.settings.scans.vex = false;
    EXPECT_FALSE(report("app", pushed).value().images[0].kept.findings.findings.at(0).suppression);
}

TEST_F(Scanning, RescansPageThroughARepository) {
    world.create("app");
    std::vector<model::Digest> pushed;
    for (int i = 0; i < 3; ++i) pushed.push_back(push("app", "", std::to_string(i)));
    const auto some = wait_for(scans.rescan(world.root, repository("app"), {{.digest = pushed[0], .tag = {}}}, ""));
    EXPECT_EQ(some->images, 1U);
    const auto all = wait_for(scans.rescan(world.root, repository("app"), {}, ""));
    EXPECT_EQ(all->images, 2U);  // one waits already
    EXPECT_TRUE(all->next_digest.empty());
    EXPECT_EQ(run_all(), 3U);
}

TEST_F(Scanning, ThreadsWorkTheQueueOff) {
    create("app", true);
    for (int i = 0; i < 8; ++i) push("app", "", std::to_string(i));
    queue.start();
    queue.wake();
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (queue.statistics().completed < 8 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    queue.stop();
    EXPECT_EQ(queue.statistics().completed, 8U);
}

// A scan that never ends by itself.
class EndlessScanner final : public Scanner {
public:
    Task<Result<scan::Findings>> scan(const ScanTarget& /*target*/, scan::Depth /*depth*/) override {
        begun.store(true);
        begun.notify_all();
        stopped.wait(false);
        co_return fail(FaultKind::unavailable, "stopped");
    }
    void stop() override {
        stopped.store(true);
        stopped.notify_all();
    }
    std::atomic<bool> begun = false;
    std::atomic<bool> stopped = false;
};

TEST_F(Scanning, StoppingBreaksOffWhatRunsAndCountsNoFailure) {
    create("app", true);
    const auto pushed = push("app", "1");
    EndlessScanner endless;
    ScanQueue first(world.services, endless, results, unlimited, {.workers = 1, .attempts = 1});
    first.start();
    endless.begun.wait(false);
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::in_progress);
    first.stop();
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::pending);
    EXPECT_EQ(first.statistics().retried + first.statistics().failed, 0U);
    // The next start takes it up without waiting for a lease, and it still has all its tries.
    ScanQueue second(world.services, scanner, results, unlimited, {.attempts = 2});
    scanner.answers.emplace_back(fail(FaultKind::unavailable, "no database"));
    EXPECT_TRUE(wait_for(second.run_next()).value());
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::pending);
    world.clock.advance(2s);
    EXPECT_TRUE(wait_for(second.run_next()).value());
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::complete);
}

TEST_F(Scanning, WhatAsksForAScanRingsTheBell) {
    int rings = 0;
    world.services.bell.connect({}, [&] { ++rings; });
    create("app", true);
    create("quiet", false);
    push("quiet", "1");
    EXPECT_EQ(rings, 0);
    const auto pushed = push("app", "1");
    EXPECT_EQ(rings, 1);
    EXPECT_TRUE(start("quiet", push("quiet", "2", "2")));
    EXPECT_EQ(rings, 2);
    const model::ImageIdentifier id{.digest = pushed, .tag = {}};
    ASSERT_TRUE(
        wait_for(world.images.remove_batch(world.root, repository("app"), {id}, registry::LastTag::takes_the_image)));
    ASSERT_TRUE(wait_for(world.bin.restore(world.root, repository("app"), {id}, registry::TagConflict::fails)));
    EXPECT_EQ(rings, 3);
    ASSERT_TRUE(
        wait_for(world.storage_classes.update(world.root, repository("app"), id, registry::StorageClass::archive)));
    push("app", "1");  // brings it back
    EXPECT_EQ(rings, 4);
}

}  // namespace
}  // namespace berth::scanning
