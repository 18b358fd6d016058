#include "async/share_of_time.hpp"

#include "testing/run.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

namespace berth {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const auto always = [] { return true; };

TEST(ShareOfTime, WhatWasWorkedIsMadeGoodBeforeTheNextPiece) {
    ShareOfTime share(5, always);
    EXPECT_EQ(share.to_wait(), 0ms);
    const auto begin = Clock::now();
    share.worked(1ms);
    share.worked(1ms);  // of another thread
    testing::wait_for(give_way(share));
    EXPECT_GE(Clock::now() - begin, 38ms);
}

TEST(ShareOfTime, NobodyWaitsWhenNothingGoesFirst) {
    std::atomic<bool> busy = false;
    ShareOfTime share(5, [&] { return busy.load(); });
    share.worked(10s);
    EXPECT_FALSE(share.limited());
    EXPECT_EQ(share.to_wait(), 0ms);
    // What was worked in quiet is not owed.
    busy = true;
    EXPECT_TRUE(share.limited());
    EXPECT_EQ(share.to_wait(), 0ms);
}

TEST(ShareOfTime, WaitingEndsWithWhatGoesFirst) {
    std::atomic<int> asked = 0;
    ShareOfTime share(1, [&] { return ++asked < 6; });
    share.worked(10s);
    const auto begin = Clock::now();
    testing::wait_for(give_way(share));
    EXPECT_LT(Clock::now() - begin, 5s);
}

TEST(ShareOfTime, TheWholeOfItIsNoLimit) {
    ShareOfTime share(100, always);
    share.worked(10s);
    EXPECT_FALSE(share.limited());
    EXPECT_EQ(share.to_wait(), 0ms);
}

TEST(ShareOfTime, CountsTheWorkItRuns) {
    ShareOfTime share(1, always);
    const auto sum = share.count([] {
        const auto until = Clock::now() + 2ms;
        int rounds = 0;
        while (Clock::now() < until) ++rounds;
        return rounds;
    });
    EXPECT_GT(sum, 0);
    EXPECT_GT(share.to_wait(), 0ms);
}

}  // namespace
}  // namespace berth
