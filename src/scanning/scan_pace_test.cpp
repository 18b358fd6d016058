// When the queue works and when it gives way: beside pushes, between repositories, on threads of its own.
#include "testing/scanning_world.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace berth::scanning {
namespace {

using namespace std::chrono_literals;
using namespace testing;

class ScanPace : public Scanning {
protected:
    // Nine seconds at the most, which is less than a queue may owe here.
    static void wait_until_completed(const ScanQueue& of, std::uint64_t scans) {
        const auto until = std::chrono::steady_clock::now() + 9s;
        while (of.statistics().completed < scans && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(5ms);
        }
    }
};

TEST_F(ScanPace, ScansGiveWayWhileSomebodyPushes) {
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
    wait_until_completed(paced, 4);
    EXPECT_EQ(paced.statistics().completed, 4U);
    paced.stop();
}

TEST_F(ScanPace, APushThatMaySoonBeOverIsLetThroughFirst) {
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
    wait_until_completed(paced, 1);
    EXPECT_EQ(paced.statistics().completed, 1U);
    paced.stop();
}

TEST_F(ScanPace, AScanCountsAgainstTheShare) {
    create("app", true);
    push("app", "1");
    ShareOfTime share(1, [] { return true; });
    ScanQueue paced(world.services, scanner, results, share, {.workers = 1});
    EXPECT_EQ(share.to_wait(), 0ms);
    EXPECT_TRUE(wait_for(paced.run_next()).value());
    EXPECT_GT(share.to_wait(), 0ms);
}

TEST_F(ScanPace, RepositoriesTakeTurns) {
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

TEST_F(ScanPace, ThreadsWorkTheQueueOff) {
    create("app", true);
    for (int i = 0; i < 8; ++i) push("app", "", std::to_string(i));
    queue.start();
    queue.wake();
    wait_until_completed(queue, 8);
    queue.stop();
    EXPECT_EQ(queue.statistics().completed, 8U);
}

}  // namespace
}  // namespace berth::scanning
