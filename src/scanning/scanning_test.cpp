// Which images are scanned, and what is shown and told of it.
#include "registry/events.hpp"
#include "registry/scan_requests.hpp"
#include "testing/scanning_world.hpp"

#include <gtest/gtest.h>

namespace berth::scanning {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using store::ScanFrequency;
using store::ScanState;
using store::ScanType;

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

    // The same state for who looks at the images.
    auto images = wait_for(world.images.page(world.root, repository("app"), {}, "", 10)).value();
    ASSERT_TRUE(wait_for(scans.add_index_scans(own_registry(), images)));
    for (const auto& image : images) {
        EXPECT_EQ(image.scan.has_value(), image.image.digest != attestation);
        if (image.image.digest != index || !image.scan) continue;
        EXPECT_EQ(image.scan->state, ScanState::complete);
        EXPECT_EQ(image.scan->completed_at, got.scan.completed_at);
    }
}

TEST_F(Scanning, WhatAScanCouldNotSeeIsKeptWithIt) {
    create("app", true);
    const auto pushed = push("app", "1");
    auto partial = found({});
    partial.notes = {"the package database is broken", "one header is, too"};
    scanner.answers.emplace_back(partial);
    run_all();
    const auto kept = report("app", pushed).value();
    EXPECT_EQ(kept.scan.state, ScanState::complete);
    EXPECT_EQ(kept.scan.reason, "the package database is broken; one header is, too");
    EXPECT_EQ(kept.images.at(0).kept.findings.notes, partial.notes);
    EXPECT_EQ(events(registry::event::scan_complete).at(0).detail,
              R"({"scan-type":"BASIC","scan-status":"COMPLETE","image-tags":["1"],)"
              R"("reason":"the package database is broken; one header is, too","finding-severity-counts":{}})");
    // The next scan sees all.
    EXPECT_TRUE(start("app", pushed));
    run_all();
    EXPECT_EQ(report("app", pushed)->scan.reason, "");
}

TEST_F(Scanning, AnIndexTellsWhatItsChildrenLack) {
    create("app", true);
    const auto whole = push("app", "", "1");
    const auto partial = push("app", "", "2");
    const auto broken = push("app", "", "3");
    scanner.answers.emplace_back(found({}));
    scanner.answers.emplace_back(found({}));
    scanner.answers.back()->notes = {"a note"};
    scanner.answers.emplace_back(fail(FaultKind::invalid_manifest, "no gzip"));
    EXPECT_EQ(run_all(), 3U);
    std::vector<std::string> children;
    for (const auto& child : {whole, partial, broken}) {
        children.push_back(world.look([&](store::Transaction& tx) {
            const auto row = tx.repositories().find(own_registry(), name("app"))->id;
            return tx.images().manifest(tx.images().find(row, child)->id);
        }));
    }
    const auto got = report("app", put("app", "multi", index_of(children))).value();
    EXPECT_EQ(got.scan.state, ScanState::complete);
    EXPECT_NE(got.scan.reason.find("a note"), std::string::npos) << got.scan.reason;
    EXPECT_NE(got.scan.reason.find(broken.text() + " failed: no gzip"), std::string::npos) << got.scan.reason;
    EXPECT_EQ(got.scan.reason.find(whole.text()), std::string::npos) << got.scan.reason;
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
    // By now it would never do anything.
    const auto late = wait_for(suppressions.put(world.root, own_registry(), rule));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, FaultKind::invalid_parameter);
    rule.until.reset();
    rule.vulnerability = "cve-2024-*";
    ASSERT_TRUE(wait_for(suppressions.put(world.root, own_registry(), rule)));
    EXPECT_TRUE(report("app", pushed).value().images[0].kept.findings.findings[1].suppression);
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
