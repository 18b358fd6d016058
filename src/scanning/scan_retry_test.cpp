// Scans that fail, are broken off or lose their process, and how they come to their end all the same.
#include "registry/events.hpp"
#include "testing/scanning_world.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace berth::scanning {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using store::ScanState;
using store::ScanType;

class ScanRetry : public Scanning {};

TEST_F(ScanRetry, WhatMayPassIsTriedAgainAndThenFails) {
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

TEST_F(ScanRetry, WhatCannotPassFailsAtOnce) {
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

TEST_F(ScanRetry, AnImageThatNoAdvisoriesSpeakOfWaitsForThem) {
    create("app", true);
    const auto pushed = push("app", "1");
    auto unknown = found({});
    unknown.outcome = scan::Outcome::unsupported_system;
    unknown.reason = "The vulnerability database holds nothing about Alpine Linux 3.20.";
    unknown.wants_advisories = true;
    scanner.answers.emplace_back(std::move(unknown));
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::failed);
    EXPECT_EQ(wait_for(queue.retry_failed()).value(), 1U);
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::complete);
}

TEST_F(ScanRetry, AScannerThatThrowsFailsItsScanOnly) {
    create("app", true);
    push("app", "1");
    scanner.throws = true;
    EXPECT_EQ(run_all(), 1U);
    scanner.throws = false;
    world.clock.advance(2s);
    EXPECT_EQ(run_all(), 1U);
    EXPECT_EQ(queue.statistics().completed, 1U);
}

TEST_F(ScanRetry, ALeaseThatRanOutIsTakenOver) {
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
    EXPECT_FALSE(
        wait_for(results.keep(image, {.type = ScanType::basic, .target = scanner.scanned.at(0)}, found({}), "dead"))
            .value());
}

TEST_F(ScanRetry, NoScanBeginsBeforeTheQueueIsPrepared) {
    create("app", true);
    const auto pushed = push("app", "1");
    push("app", "2", "2");
    std::promise<void> prepared;
    std::atomic<int> times{0};
    auto waits = prepared.get_future().share();
    queue.start([&]() -> Task<Result<void>> {
        ++times;
        waits.wait();
        co_return fail(FaultKind::unavailable, "it could not be done");
    });
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(queue.statistics().running, 0U);
    EXPECT_EQ(report("app", pushed)->scan.state, ScanState::pending);
    prepared.set_value();
    const auto until = std::chrono::steady_clock::now() + 9s;
    while (queue.statistics().completed < 2 && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(1ms);
    }
    queue.stop();
    EXPECT_EQ(queue.statistics().completed, 2U);  // all the same
    EXPECT_EQ(times, 1);
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

TEST_F(ScanRetry, StoppingBreaksOffWhatRunsAndCountsNoFailure) {
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

}  // namespace
}  // namespace berth::scanning
