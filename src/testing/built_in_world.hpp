// The built-in engine over a whole registry, with real worker processes, a real database and real layers. The room's
// main() is run_tests_or_worker() (worker_program.hpp).
#pragma once

#include "scanning/built_in/built_in_scanner.hpp"
#include "scanning/built_in/reevaluation.hpp"
#include "testing/archives.hpp"
#include "testing/manifests.hpp"
#include "testing/worker_program.hpp"
#include "testing/world.hpp"
#include "vulndb/import.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace berth::testing {

// One record of OSV: the flaw of a package of Debian 12.
inline std::string record(const std::string& id, const std::string& package, const std::string& fixed) {
    return R"({"schema_version":"1.6.0","id":")" + id +
           R"(","modified":"2025-01-15T04:15:28Z","details":"A flaw.","affected":[{"package":{"ecosystem":"Debian:12",)"
           R"("name":")" +
           package + R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":")" + fixed +
           R"("}]}]}]})" + "\n";
}

inline std::string debian(const std::vector<std::string>& packages) {
    std::string status;
    for (const auto& package : packages) {
        status += "Package: " + package + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n";
    }
    return gzipped(
        Tar().file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n").file("var/lib/dpkg/status", status).end());
}

class BuiltIn : public ::testing::Test {
public:
    BuiltIn() { repository_ = world_.create("app").id; }
    ~BuiltIn() override { threads_.join(); }

protected:
    using Names = std::set<std::string>;

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
    scanning::ScanTarget push(const std::vector<std::string>& layers, const std::string& salt = "") {
        const std::string config = config_;
        const auto config_digest = world_.push("app", config);
        auto manifest = image_of(config, salt);
        std::string list;
        scanning::ScanTarget target{.repository = repository("app"),
                                    .digest = digest(""),
                                    .config = config_digest,
                                    .layers = {},
                                    .follows = true};
        for (const auto& bytes : layers) {
            const std::string type = "application/vnd.oci.image.layer.v1.tar+gzip";
            const auto layer = world_.push("app", bytes);
            list += (list.empty() ? "" : ",") + descriptor(type, layer, bytes.size());
            target.layers.push_back({.digest = layer, .media_type = type, .size = bytes.size()});
        }
        manifest.replace(manifest.find("\"layers\":[") + 10, 0, list);
        target.digest = digest(manifest);
        registry::NewManifest pushed;
        pushed.bytes = manifest;
        pushed.media_type = image_type;
        EXPECT_TRUE(wait_for(world_.images.put(world_.root, target.repository, pushed)));
        return target;
    }

    Result<scan::Findings> scan(const scanning::ScanTarget& target, scan::Depth depth = scan::Depth::basic) {
        return wait_for(scanner_.scan(target, depth));
    }
    Names ids(const scanning::ScanTarget& target, scan::Depth depth = scan::Depth::basic) {
        Names found;
        const auto findings = scan(target, depth);
        EXPECT_TRUE(findings) << findings.error().message;
        if (findings) {
            for (const auto& finding : findings->findings) found.insert(finding.id);
        }
        return found;
    }
    model::ImageRowId row(const scanning::ScanTarget& target) {
        return world_.look([&](store::Transaction& tx) { return tx.images().find(repository_, target.digest)->id; });
    }
    scanning::ReevaluationReport reevaluate() { return wait_for(reevaluation_.run()).value(); }

    std::string config_ = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}})";
    World world_;
    model::RepositoryId repository_{};
    BlockingPool threads_{2};
    scanning::DatabaseHolder databases_{world_.folder.path() / "vulndb"};
    ShareOfTime share_{100, [] { return false; }};
    worker::Pool workers_{{.program = worker_program()}};
    scanning::BuiltInScanner scanner_{world_.services, workers_, databases_, threads_, share_, {}};
    scanning::Reevaluation reevaluation_{world_.services, databases_, threads_, share_, false};
};

}  // namespace berth::testing
