#include "async/together.hpp"

#include "async/offload.hpp"
#include "testing/run.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace berth {
namespace {

using testing::wait_for;

Task<int> number(int value, int* order) {
    *order = *order * 10 + value;
    co_return value;
}
Task<int> failing(const char* what) {
    throw std::runtime_error(what);
    co_return 0;
}

TEST(Together, GivesBothResults) {
    int order = 0;
    const auto both = [](int& seen) -> Task<std::string> {
        auto [a, b] = co_await together(number(1, &seen), number(2, &seen));
        co_return std::to_string(a) + std::to_string(b);
    };
    EXPECT_EQ(wait_for(both(order)), "12");
    EXPECT_EQ(order, 12);
}

TEST(Together, WaitsForBothAndThrowsWhatOneThrew) {
    BlockingPool pool(2);
    for (const bool first_throws : {true, false}) {
        bool ended = false;
        const auto slow = [](BlockingPool& on, bool& done) -> Task<int> {
            const auto value = co_await offload(on, [] { return 7; });
            done = true;
            co_return value;
        };
        const auto both = [&](bool throws_first) -> Task<int> {
            if (throws_first) {
                auto [a, b] = co_await together(failing("broken"), slow(pool, ended));
                co_return a + b;
            }
            auto [a, b] = co_await together(slow(pool, ended), failing("broken"));
            co_return a + b;
        };
        EXPECT_THROW((void)wait_for(both(first_throws)), std::runtime_error);
        EXPECT_TRUE(ended);
    }
    pool.join();
}

TEST(Together, RunsBothAtTheSameTime) {
    BlockingPool pool(2);
    std::promise<void> here;
    std::promise<void> there;
    const auto both = [&]() -> Task<bool> {
        auto [a, b] = co_await together(offload(pool,
                                                [&] {
                                                    here.set_value();
                                                    there.get_future().wait();
                                                    return 1;
                                                }),
                                        offload(pool, [&] {
                                            there.set_value();
                                            here.get_future().wait();
                                            return 2;
                                        }));
        co_return a == 1 && b == 2;
    };
    EXPECT_TRUE(wait_for(both()));
    pool.join();
}

TEST(Offload, ComesBackToTheCallersThreadWithTheResult) {
    BlockingPool pool(1);
    const auto run = [&]() -> Task<bool> {
        const auto caller = std::this_thread::get_id();
        auto made = co_await offload(pool, [caller] {
            EXPECT_NE(std::this_thread::get_id(), caller);
            return std::make_unique<int>(5);
        });
        EXPECT_EQ(std::this_thread::get_id(), caller);
        co_return *made == 5;
    };
    EXPECT_TRUE(wait_for(run()));
    pool.join();
}

TEST(Offload, ThrowsHereWhatTheWorkThrows) {
    BlockingPool pool(1);
    const auto run = [&]() -> Task<int> {
        co_return co_await offload(pool, []() -> int { throw std::out_of_range("too far"); });
    };
    EXPECT_THROW((void)wait_for(run()), std::out_of_range);
    pool.join();
}

TEST(Offload, ManyFromManyThreads) {
    BlockingPool pool(3);
    std::atomic<std::size_t> sum = 0;
    testing::run_at_once(3, 300, [&](std::size_t n) -> Task<void> {
        return [](BlockingPool& on, std::size_t value, std::atomic<std::size_t>& total) -> Task<void> {
            total += co_await offload(on, [value] { return value; });
        }(pool, n, sum);
    });
    EXPECT_EQ(sum, 300 * 299 / 2);
    pool.join();
}

}  // namespace
}  // namespace berth
