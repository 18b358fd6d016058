// A whole registry with a queue of scans and everything that asks it, over an engine that answers what a test wants.
#pragma once

#include "scanning/configurations.hpp"
#include "scanning/scan_queue.hpp"
#include "scanning/scan_results.hpp"
#include "scanning/scanner.hpp"
#include "scanning/scans.hpp"
#include "scanning/suppressions.hpp"
#include "testing/manifests.hpp"
#include "testing/world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::testing {

inline scan::Finding finding(std::string id, scan::Severity severity, std::string package = "openssl") {
    scan::Finding made;
    made.id = std::move(id);
    made.severity = severity;
    made.description = "a flaw";
    made.cvss.push_back(scan::parse_cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "NVD").value());
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

inline scan::Findings found(std::vector<scan::Finding> list) {
    scan::Findings findings;
    findings.findings = std::move(list);
    findings.database = {.generation = "g1", .built_at = 1, .newest_record_at = 1'000};
    return findings;
}

// Answers what a test put there, in the order of the calls, then nothing found. What it has seen is looked at when no
// queue runs.
class FakeScanner final : public scanning::Scanner {
public:
    Task<Result<scan::Findings>> scan(const scanning::ScanTarget& target, scan::Depth depth) override {
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
    std::vector<scanning::ScanTarget> scanned;
    std::vector<scan::Depth> depths;
    bool throws = false;

private:
    std::mutex mutex_;
};

class Scanning : public ::testing::Test {
protected:
    // A container image with one layer that is pushed without a scan when nothing asks for one.
    model::Digest push(std::string_view repository_name, std::string_view tag_name, std::string_view salt = "",
                       std::string_view layers = "application/vnd.oci.image.layer.v1.tar+gzip",
                       std::string_view configs = "application/vnd.oci.image.config.v1+json") {
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
    void configure(store::ScanType type, std::vector<store::ScanRule> rules) {
        ASSERT_TRUE(wait_for(configurations.put(world.root, own_registry(), type, std::move(rules))));
    }
    Result<scanning::ScanReport> report(std::string_view repository_name, const model::Digest& of) {
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
    scanning::ScanResults results{world.services};
    ShareOfTime unlimited{100, [] { return false; }};
    scanning::ScanQueue queue{
        world.services, scanner, results, unlimited, {.workers = 2, .poll = std::chrono::milliseconds(10)}};
    scanning::Scans scans{world.services};
    scanning::Configurations configurations{world.services};
    scanning::Suppressions suppressions{world.services};
};

}  // namespace berth::testing
