#include "jobs/collection.hpp"

#include "testing/world.hpp"

namespace berth::jobs {
namespace {

using namespace std::chrono_literals;
using testing::wait_for;

class CollectionTest : public ::testing::Test {
protected:
    CollectionTest() { world_.create("app"); }

    void push(int count) {
        for (int i = 0; i < count; ++i) world_.push("app", "blob " + std::to_string(i));
        world_.clock.advance(48h);
    }
    std::size_t run(std::size_t rate) {
        Runner runner(*world_.metadata, world_.clock, world_.random, {});
        add_collection(runner, world_.collector, {.interval = 10s, .rate = rate});
        return wait_for(runner.run_due()).value();
    }

    testing::World world_;
};

TEST_F(CollectionTest, GoesOnUntilNothingIsDue) {
    push(150);
    EXPECT_GE(run(0), 1U);
    EXPECT_EQ(world_.collector.statistics().removed_blobs, 150U);
    EXPECT_EQ(run(0), 0U);  // not before the interval is over
}

TEST_F(CollectionTest, KeepsToItsRate) {
    push(100);
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_GE(run(400), 1U);
    // Batches of 25, and a pause behind each that was full.
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 240ms);
    EXPECT_EQ(world_.collector.statistics().removed_blobs, 100U);
}

TEST_F(CollectionTest, AFailureIsTriedAgain) {
    world_.push("app", testing::content(100'000));
    world_.clock.advance(48h);
    world_.blob_store.fail_on(testing::BlobCall::remove, 1);
    Runner runner(*world_.metadata, world_.clock, world_.random, {});
    add_collection(runner, world_.collector, {.interval = 10s, .rate = 0});
    EXPECT_EQ(wait_for(runner.run_due()).value(), 1U);
    EXPECT_EQ(runner.statistics().failed, 1U);
    world_.clock.advance(1min);
    EXPECT_EQ(wait_for(runner.run_due()).value(), 1U);
    EXPECT_EQ(runner.statistics().succeeded, 1U);
}

}  // namespace
}  // namespace berth::jobs
