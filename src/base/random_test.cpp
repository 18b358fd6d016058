#include "base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace berth {
namespace {

TEST(RowId, GrowsWithTimeAndIsPositive) {
    SystemRandom random;
    const Timestamp start{std::chrono::milliseconds(1'790'000'000'000)};
    auto last = make_row_id(start, random);
    for (int i = 1; i < 1000; ++i) {
        const auto next = make_row_id(start + std::chrono::milliseconds(i), random);
        EXPECT_GT(next, last);
        EXPECT_GT(next, 0);
        last = next;
    }
}

// Random low bits would: a few thousand ids of one millisecond are enough for two to meet.
TEST(RowId, DoesNotRepeatWithinAMillisecond) {
    SystemRandom random;
    const Timestamp now{std::chrono::milliseconds(1'790'000'000'000)};
    std::set<std::int64_t> seen;
    for (int i = 0; i < 200'000; ++i) ASSERT_TRUE(seen.insert(make_row_id(now, random)).second) << i;
}

TEST(Uuid, IsVersionFourAndDoesNotRepeat) {
    SystemRandom random;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto uuid = make_uuid(random);
        ASSERT_EQ(uuid.size(), 36U);
        EXPECT_EQ(uuid[14], '4');
        EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
        EXPECT_TRUE(seen.insert(uuid).second);
    }
}

}  // namespace
}  // namespace berth
