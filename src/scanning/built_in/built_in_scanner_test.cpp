// The built-in engine over a whole registry: real worker processes, a real database, real layers.
#include "scanning/built_in/built_in_scanner.hpp"

#include "scanning/built_in/reevaluation.hpp"
#include "testing/archives.hpp"
#include "testing/manifests.hpp"
#include "testing/worker_program.hpp"
#include "testing/world.hpp"
#include "vulndb/import.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace berth::scanning {
namespace {

using testing::Tar;
using testing::wait_for;

// One record of OSV: the flaw of a package of Debian 12.
std::string record(const std::string& id, const std::string& package, const std::string& fixed) {
    return R"({"schema_version":"1.6.0","id":")" + id +
           R"(","modified":"2025-01-15T04:15:28Z","details":"A flaw.","affected":[{"package":{"ecosystem":"Debian:12",)"
           R"("name":")" +
           package + R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":")" + fixed +
           R"("}]}]}]})" + "\n";
}

std::string debian(const std::vector<std::string>& packages) {
    std::string status;
    for (const auto& package : packages) {
        status += "Package: " + package + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n";
    }
    return testing::gzipped(
        Tar().file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n").file("var/lib/dpkg/status", status).end());
}

// The findings of images, as somebody keeps them.
class Kept final : public FindingsKeeper {
public:
    Task<Result<void>> replace(std::span<const model::ImageRowId> images, const scan::Findings& findings) override {
        ++calls;
        for (const auto image : images) {
            all[image].clear();
            for (const auto& finding : findings.findings) all[image].insert(finding.id);
        }
        co_return Result<void>{};
    }

    void forget() {
        all.clear();
        calls = 0;
    }

    std::map<model::ImageRowId, std::set<std::string>> all;
    int calls = 0;
};

class BuiltIn : public ::testing::Test {
protected:
    BuiltIn() { repository_ = world_.create("app").id; }
    ~BuiltIn() override { threads_.join(); }

    void import(const std::string& lines) {
        const auto file = world_.folder.path() / "feed.jsonl";
        std::ofstream(file) << lines;
        const std::vector<vulndb::FeedFile> files{{.file = file, .name = "debian"}};
        const auto report = vulndb::import_feeds(databases_.folder(), files, world_.clock);
        ASSERT_TRUE(report) << report.error().message;
        const auto found = databases_.look();
        ASSERT_TRUE(found) << found.error().message;
    }

    // An image of these layers; `salt` makes it another one.
    ScanTarget push(const std::vector<std::string>& layers, const std::string& salt = "") {
        const std::string config = R"({"architecture":"amd64","os":"linux"})";
        world_.push("app", config);
        auto manifest = testing::image_of(config, salt);
        std::string list;
        ScanTarget target{.repository = testing::repository("app"), .digest = testing::digest(""), .layers = {}};
        for (const auto& bytes : layers) {
            const std::string type = "application/vnd.oci.image.layer.v1.tar+gzip";
            const auto digest = world_.push("app", bytes);
            list += (list.empty() ? "" : ",") + testing::descriptor(type, digest, bytes.size());
            target.layers.push_back({.digest = digest, .media_type = type, .size = bytes.size()});
        }
        manifest.replace(manifest.find("\"layers\":[") + 10, 0, list);
        target.digest = testing::digest(manifest);
        registry::NewManifest pushed;
        pushed.bytes = manifest;
        pushed.media_type = testing::image_type;
        EXPECT_TRUE(wait_for(world_.images.put(world_.root, target.repository, pushed)));
        return target;
    }

    Result<scan::Findings> scan(const ScanTarget& target, scan::Depth depth = scan::Depth::basic) {
        return wait_for(scanner_.scan(target, depth));
    }
    std::set<std::string> ids(const ScanTarget& target, scan::Depth depth = scan::Depth::basic) {
        std::set<std::string> found;
        const auto findings = scan(target, depth);
        EXPECT_TRUE(findings) << findings.error().message;
        if (findings) {
            for (const auto& finding : findings->findings) found.insert(finding.id);
        }
        return found;
    }
    model::ImageRowId row(const ScanTarget& target) {
        return world_.look([&](store::Transaction& tx) { return tx.images().find(repository_, target.digest)->id; });
    }
    ReevaluationReport reevaluate() { return wait_for(reevaluation_.run()).value(); }

    testing::World world_;
    model::RepositoryId repository_{};
    BlockingPool threads_{2};
    DatabaseHolder databases_{world_.folder.path() / "vulndb"};
    ShareOfTime share_{100, [] { return false; }};
    worker::Pool workers_{{.program = testing::worker_program()}};
    BuiltInScanner scanner_{world_.services, workers_, databases_, threads_, share_, {}};
    Kept kept_;
    Reevaluation reevaluation_{*world_.metadata, world_.clock, databases_, threads_, kept_, false};
};

using Names = std::set<std::string>;

TEST_F(BuiltIn, FindsWhatIsThere) {
    import(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-2", "zlib", "1.0-1") +
           record("CVE-2024-3", "openssl", "1.0-2"));
    EXPECT_EQ(ids(push({debian({"zlib", "bash"})})), Names{"CVE-2024-1"});
}

TEST_F(BuiltIn, WithoutADatabaseItSaysHowToGetOne) {
    EXPECT_FALSE(databases_.look());
    const auto findings = scan(push({debian({"zlib"})}));
    ASSERT_FALSE(findings);
    EXPECT_EQ(findings.error().kind, FaultKind::unavailable);
    EXPECT_NE(findings.error().message.find("berth vulndb import"), std::string::npos);
}

TEST_F(BuiltIn, ABillIsAttachedWithOrWithoutADatabase) {
    SbomAttacher sboms(
        world_.services, *world_.uploads, world_.images, SbomFormat::spdx, [](const auto&) { return std::string(); },
        "1");
    BuiltInScanner scanner(world_.services, workers_, databases_, threads_, share_, {}, &sboms);
    const auto target = push({debian({"zlib"})});
    const auto findings = wait_for(scanner.scan(target, scan::Depth::basic));
    ASSERT_FALSE(findings);
    EXPECT_EQ(findings.error().kind, FaultKind::unavailable);
    const auto bills = [&] {
        return wait_for(world_.images.referrers(world_.root, target.repository, target.digest, "application/spdx+json",
                                                {}, 10))
            .value()
            .size();
    };
    EXPECT_EQ(bills(), 1U);
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    EXPECT_TRUE(wait_for(scanner.scan(target, scan::Depth::basic)));
    EXPECT_EQ(bills(), 1U);
}

TEST_F(BuiltIn, ReadsAKnownLayerOfAnyImageNoMore) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto base = debian({"zlib"});
    EXPECT_EQ(ids(push({base})), Names{"CVE-2024-1"});
    workers_.stop();  // whoever needs a worker now has a fault
    EXPECT_EQ(ids(push({base}, "another")), Names{"CVE-2024-1"});
    const auto unknown = scan(push({base, testing::gzipped(Tar().file("a", "b").end())}));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, FaultKind::unavailable);
}

TEST_F(BuiltIn, ABrokenLayerFailsItsImageAlone) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto broken = scan(push({debian({"zlib"}), debian({"bash"}).substr(0, 50)}));
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().message.find("layer 2 of 2"), 0U) << broken.error().message;
    EXPECT_EQ(ids(push({debian({"zlib"})})), Names{"CVE-2024-1"});
}

TEST_F(BuiltIn, ALayerThatIsNotThereIsSaid) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    auto target = push({debian({"zlib"})});
    target.layers.push_back({.digest = testing::digest("elsewhere"), .media_type = "", .size = 9});
    const auto findings = scan(target);
    ASSERT_FALSE(findings);
    EXPECT_EQ(findings.error().kind, FaultKind::blob_not_found);
}

TEST_F(BuiltIn, MatchesAgainOnlyWhatAChangeCanTouch) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto zlib = push({debian({"zlib"})});
    const auto twin = push({debian({"zlib"})}, "twin");
    const auto bash = push({debian({"bash"})});
    const auto basic = push({debian({"zlib"})}, "basic");
    for (const auto& target : {zlib, twin, bash}) (void)ids(target, scan::Depth::enhanced);
    (void)ids(basic);
    EXPECT_TRUE(reevaluate().all);  // the first time
    kept_.forget();

    import(record("CVE-2024-1", "zlib", "1.0-2") + record("CVE-2024-9", "zlib", "1.0-3"));
    workers_.stop();
    const auto report = reevaluate();
    EXPECT_FALSE(report.all);
    EXPECT_EQ(report.changed_packages, 1U);
    EXPECT_EQ(report.inventories, 1U);  // of two images
    EXPECT_EQ(report.images, 2U);
    const Names both{"CVE-2024-1", "CVE-2024-9"};
    EXPECT_EQ(kept_.all, (std::map<model::ImageRowId, Names>{{row(zlib), both}, {row(twin), both}}));

    kept_.forget();
    EXPECT_EQ(reevaluate().images, 0U);
    EXPECT_EQ(kept_.calls, 0);
}

TEST_F(BuiltIn, ANewStreamTouchesImagesWithoutAFlaw) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto bullseye =
        testing::gzipped(Tar()
                             .file("etc/os-release", "ID=debian\nVERSION_ID=\"11\"\n")
                             .file("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 1\n\n")
                             .end());
    const auto target = push({bullseye});
    EXPECT_EQ(scan(target, scan::Depth::enhanced)->outcome, scan::Outcome::unsupported_system);
    (void)reevaluate();
    auto eleven = record("CVE-2024-2", "zlib", "1.0-2");
    eleven.replace(eleven.find("Debian:12"), 9, "Debian:11");
    import(record("CVE-2024-1", "zlib", "1.0-2") + eleven);
    EXPECT_EQ(reevaluate().images, 1U);
}

TEST_F(BuiltIn, AfterALongPauseEverythingIsMatched) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = push({debian({"zlib"})});
    (void)ids(target, scan::Depth::enhanced);
    (void)reevaluate();
    // Two generations on, the one that findings are up to is nowhere any more.
    for (const auto* id : {"CVE-2024-2", "CVE-2024-3", "CVE-2024-4"}) import(record(id, "openssl", "1.0-2"));
    const auto report = reevaluate();
    EXPECT_TRUE(report.all);
    EXPECT_EQ(kept_.all.at(row(target)), Names{});
}

TEST_F(BuiltIn, WhatIsStoppedStartsAnew) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    (void)ids(push({debian({"zlib"})}), scan::Depth::enhanced);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(wait_for(reevaluation_.run(stop.get_token())).value().finished);
    EXPECT_EQ(reevaluate().images, 1U);
}

TEST_F(BuiltIn, ABasicScanEndsTheFollowing) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto target = push({debian({"zlib"})});
    (void)ids(target, scan::Depth::enhanced);
    (void)ids(target, scan::Depth::basic);
    EXPECT_EQ(reevaluate().images, 0U);
    EXPECT_EQ(wait_for(reevaluation_.sweep(10)).value(), 1U);
    EXPECT_TRUE(world_.look([](store::Transaction& tx) { return tx.inventories().inventories({}, 1); }).empty());
}

TEST_F(BuiltIn, ARunningScansDatabaseStays) {
    import(record("CVE-2024-1", "zlib", "1.0-2"));
    const auto held = databases_.current();
    import(record("CVE-2024-2", "zlib", "1.0-2"));
    EXPECT_NE(databases_.current(), held);
    EXPECT_EQ(held->find({.ecosystem = "Debian", .release = "12"}, "zlib")->size(), 1U);
    EXPECT_FALSE(databases_.look().value());  // nothing new
    EXPECT_EQ(databases_.find(held->freshness().generation), held);
    EXPECT_EQ(databases_.find("unheard of"), nullptr);
}

}  // namespace
}  // namespace berth::scanning

int main(int argc, char** argv) {
    return berth::testing::run_tests_or_worker(argc, argv, [](std::string_view) { return 1; });
}
