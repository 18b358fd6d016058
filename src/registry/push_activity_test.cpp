#include "registry/push_activity.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace berth::registry {
namespace {

using namespace std::chrono_literals;

TEST(PushActivity, NothingIsGoingOnBeforeTheFirstPiece) {
    PushActivity pushes;
    EXPECT_FALSE(pushes.within(1h));
    EXPECT_FALSE(pushes.in_a_row(1h));
    pushes.note();
    EXPECT_TRUE(pushes.within(1h));
}

TEST(PushActivity, OneImageIsNoRow) {
    PushActivity pushes;
    pushes.note_image();
    EXPECT_TRUE(pushes.within(1h));
    EXPECT_FALSE(pushes.in_a_row(1h));
}

TEST(PushActivity, TwoCloseTogetherAre) {
    PushActivity pushes;
    pushes.note_image();
    std::this_thread::sleep_for(2ms);
    pushes.note_image();
    EXPECT_TRUE(pushes.in_a_row(1h));
    EXPECT_FALSE(pushes.in_a_row(1ms));
}

}  // namespace
}  // namespace berth::registry
