#include "jobs/runner.hpp"

#include "store/sqlite/sqlite_metadata.hpp"
#include "testing/manual_clock.hpp"
#include "testing/run.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

namespace berth::jobs {
namespace {

using namespace std::chrono_literals;
using testing::wait_for;

class RunnerTest : public ::testing::Test {
protected:
    std::unique_ptr<Runner> runner(RunnerOptions options = {}) {
        return std::make_unique<Runner>(*store_, clock_, random_, options);
    }
    // A job that counts its runs and answers as `answer_` says.
    Recurring counting(std::string kind, Scope scope = Scope::store) {
        return {.kind = std::move(kind), .scope = scope, .interval = 60s, .run = [this]() -> Task<Result<Outcome>> {
                    ++runs_;
                    co_return answer_;
                }};
    }
    std::size_t run_due(Runner& runner) { return wait_for(runner.run_due()).value(); }
    std::optional<Timestamp> next_due() {
        return wait_for(store_->read([](store::Transaction& tx) -> Result<std::optional<Timestamp>> {
                   return tx.jobs().next_due();
               }))
            .value();
    }
    std::optional<store::Job> claim(std::string owner, std::chrono::milliseconds lease) {
        return wait_for(store_->write([&](store::Transaction& tx) -> Result<std::optional<store::Job>> {
                   return tx.jobs().claim(owner, clock_.now(), clock_.now() + lease);
               }))
            .value();
    }

    std::unique_ptr<store::Metadata> store_ =
        store::sqlite::SqliteMetadata::open({.path = {}, .in_memory = true}).value();
    testing::ManualClock clock_;
    SystemRandom random_;
    std::atomic<int> runs_ = 0;
    Result<Outcome> answer_ = Outcome::done;
};

TEST_F(RunnerTest, RunsAJobOnceAnInterval) {
    auto one = runner();
    one->add(counting("count"));
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(run_due(*one), 0);
    clock_.advance(60s - 1ms);
    EXPECT_EQ(run_due(*one), 0);
    clock_.advance(1ms);
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(runs_, 2);
    EXPECT_EQ(one->statistics().succeeded, 2);
}

TEST_F(RunnerTest, RunsAgainAtOnceWhileThereIsMore) {
    auto one = runner();
    one->add({.kind = "count", .scope = Scope::store, .interval = 60s, .run = [this]() -> Task<Result<Outcome>> {
                  co_return ++runs_ < 5 ? Outcome::more : Outcome::done;
              }});
    EXPECT_EQ(run_due(*one), 5);
}

TEST_F(RunnerTest, BacksOffFromAJobThatFails) {
    auto one = runner({.first_retry = 1s, .longest_retry = 5s});
    one->add(counting("count"));
    answer_ = fail(FaultKind::unavailable, "not now");
    for (const auto delay : {1s, 2s, 4s, 5s, 5s}) {
        EXPECT_EQ(run_due(*one), 1);
        EXPECT_EQ(next_due(), clock_.now() + delay);
        clock_.advance(delay - 1ms);
        EXPECT_EQ(run_due(*one), 0);
        clock_.advance(1ms);
    }
    EXPECT_EQ(one->statistics().failed, 5);
    answer_ = Outcome::done;
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(next_due(), clock_.now() + 60s);
    // The count of failures starts anew.
    clock_.advance(60s);
    answer_ = fail(FaultKind::unavailable, "not now");
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(next_due(), clock_.now() + 1s);
}

TEST_F(RunnerTest, AJobThatThrowsHasFailed) {
    auto one = runner();
    one->add({.kind = "throws", .scope = Scope::store, .interval = 60s, .run = []() -> Task<Result<Outcome>> {
                  throw std::runtime_error("a bug");
              }});
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(one->statistics().failed, 1);
}

TEST_F(RunnerTest, AJobOfADeadRunnerRunsWhenItsLeaseIsOver) {
    auto one = runner();
    one->add(counting("count"));
    EXPECT_EQ(run_due(*one), 1);
    clock_.advance(60s);
    ASSERT_TRUE(claim("somebody who dies", 30s));
    EXPECT_EQ(run_due(*one), 0);
    clock_.advance(30s);
    EXPECT_EQ(run_due(*one), 1);
}

TEST_F(RunnerTest, AJobOfAnUnknownKindKeepsNobodyFromWork) {
    auto old = runner();
    old->add(counting("retired"));
    EXPECT_EQ(run_due(*old), 1);
    clock_.advance(60s);
    auto one = runner();
    one->add(counting("count"));
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(runs_, 2);
}

// While one runner is inside the job, a second one on the same store finds nothing to do.
TEST_F(RunnerTest, TwoRunnersRunAJobOneAtATime) {
    auto second = runner();
    second->add(counting("count"));
    auto first = runner();
    bool inside = false;
    first->add({.kind = "count", .scope = Scope::store, .interval = 60s, .run = [&]() -> Task<Result<Outcome>> {
                    inside = true;
                    auto other = co_await second->run_due();
                    EXPECT_EQ(other, 0);
                    co_return Outcome::done;
                }});
    EXPECT_EQ(run_due(*first), 1);
    EXPECT_TRUE(inside);
    EXPECT_EQ(runs_, 0);
    clock_.advance(60s);
    EXPECT_EQ(run_due(*second), 1);
}

TEST_F(RunnerTest, ManyRunnersShareTheWork) {
    constexpr int kinds = 6;
    std::vector<std::unique_ptr<Runner>> runners;
    std::atomic<int> inside[kinds] = {};
    std::atomic<int> runs = 0;
    for (int r = 0; r < 4; ++r) {
        runners.push_back(runner());
        for (int k = 0; k < kinds; ++k) {
            runners.back()->add({.kind = "kind" + std::to_string(k),
                                 .scope = Scope::store,
                                 .interval = 60s,
                                 .run = [&, k]() -> Task<Result<Outcome>> {
                                     EXPECT_EQ(++inside[k], 1);
                                     ++runs;
                                     --inside[k];
                                     co_return Outcome::done;
                                 }});
        }
    }
    std::vector<std::thread> threads;
    for (auto& each : runners) threads.emplace_back([&] { EXPECT_TRUE(wait_for(each->run_due())); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(runs, kinds);
}

// A job whose lease somebody else got is given up, and what it says in the end changes nothing.
TEST_F(RunnerTest, ALostLeaseEndsTheJob) {
    auto one = runner({.lease = 30ms});
    bool went_on = false;
    one->add({.kind = "long", .scope = Scope::store, .interval = 60s, .run = [&]() -> Task<Result<Outcome>> {
                  clock_.advance(31ms);
                  auto other = co_await store_->write([&](store::Transaction& tx) -> Result<bool> {
                      return tx.jobs().claim("another", clock_.now(), clock_.now() + 1h).has_value();
                  });
                  EXPECT_EQ(other, true);
                  boost::asio::steady_timer forever(co_await boost::asio::this_coro::executor,
                                                    std::chrono::steady_clock::time_point::max());
                  co_await forever.async_wait(boost::asio::use_awaitable);
                  went_on = true;
                  co_return Outcome::done;
              }});
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_FALSE(went_on);
    EXPECT_EQ(one->statistics().failed, 1);
    EXPECT_EQ(next_due(), clock_.now() + 1h) << "the other one's lease stands";
}

TEST_F(RunnerTest, RenewsTheLeaseWhileTheJobRuns) {
    auto one = runner({.lease = 30ms});
    one->add({.kind = "long", .scope = Scope::store, .interval = 60s, .run = [&]() -> Task<Result<Outcome>> {
                  const auto until = clock_.now() + 30ms;
                  clock_.advance(20ms);
                  boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
                  for (auto due = next_due(); due == until; due = next_due()) {
                      pause.expires_after(1ms);
                      co_await pause.async_wait(boost::asio::use_awaitable);
                  }
                  EXPECT_EQ(next_due(), clock_.now() + 30ms);
                  co_return Outcome::done;
              }});
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(one->statistics().succeeded, 1);
}

TEST_F(RunnerTest, StopLetsTheRunningJobEnd) {
    auto one = runner({.poll = 24h});
    std::promise<void> started;
    std::promise<void> go_on;
    one->add({.kind = "long", .scope = Scope::store, .interval = 60s, .run = [&]() -> Task<Result<Outcome>> {
                  started.set_value();
                  go_on.get_future().wait();
                  ++runs_;
                  co_return Outcome::done;
              }});
    std::thread running([&] { one->run(); });
    started.get_future().wait();
    one->stop();
    go_on.set_value();
    running.join();
    EXPECT_EQ(runs_, 1);
    EXPECT_EQ(one->statistics().succeeded, 1);
    EXPECT_EQ(next_due(), clock_.now() + 60s);
}

TEST_F(RunnerTest, StopEndsARunnerThatWaits) {
    auto one = runner({.poll = 24h});
    std::promise<void> ran;
    one->add({.kind = "count", .scope = Scope::store, .interval = 60s, .run = [&]() -> Task<Result<Outcome>> {
                  ran.set_value();
                  co_return Outcome::done;
              }});
    std::thread running([&] { one->run(); });
    ran.get_future().wait();
    one->stop();
    running.join();
}

// What a process holds in memory is its own business: no row, no lease, and every process does it.
TEST_F(RunnerTest, JobsOfTheProcessRunInEveryProcess) {
    auto first = runner();
    auto second = runner();
    first->add(counting("own", Scope::process));
    second->add(counting("own", Scope::process));
    EXPECT_EQ(run_due(*first), 0);
    EXPECT_EQ(run_due(*second), 0);
    EXPECT_EQ(runs_, 2);
    EXPECT_EQ(next_due(), std::nullopt);
    run_due(*first);
    EXPECT_EQ(runs_, 2);
    clock_.advance(60s);
    run_due(*first);
    EXPECT_EQ(runs_, 3);
}

TEST_F(RunnerTest, JobsOfTheProcessRunOnceMoreAtTheEnd) {
    auto one = runner({.poll = 24h});
    std::promise<void> ran;
    one->add({.kind = "own", .scope = Scope::process, .interval = 60s, .run = [&]() -> Task<Result<Outcome>> {
                  if (++runs_ == 1) ran.set_value();
                  co_return Outcome::done;
              }});
    std::thread running([&] { one->run(); });
    ran.get_future().wait();
    one->stop();
    running.join();
    EXPECT_EQ(runs_, 2);
}

// On-demand jobs that note the payloads they ran with and answer as `answer_` says.
class OnDemandTest : public RunnerTest {
protected:
    OnDemand noting(std::string kind) {
        return {.kind = std::move(kind),
                .run = [this](const store::Job& job, const std::stop_token&) -> Task<Result<Outcome>> {
                    seen_.push_back(job.payload);
                    if (while_running_) while_running_();
                    co_return answer_;
                }};
    }
    void enqueue(std::string key, std::string payload, std::chrono::milliseconds delay = 0ms) {
        wait_for(store_->write([&](store::Transaction& tx) -> Result<void> {
            (void)tx.jobs().enqueue({.id = make_row_id(clock_.now(), random_),
                                     .kind = "note",
                                     .key = key,
                                     .payload = payload,
                                     .run_at = clock_.now() + delay,
                                     .last_error = ""});
            return {};
        })).value();
    }

    std::vector<std::string> seen_;
    std::function<void()> while_running_;
};

TEST_F(OnDemandTest, RunsOnceForEachKeyAndIsGone) {
    auto one = runner();
    one->add(noting("note"));
    EXPECT_EQ(run_due(*one), 0);
    enqueue("a", "first");
    enqueue("b", "second");
    enqueue("c", "later", 5s);
    EXPECT_EQ(run_due(*one), 2);
    EXPECT_EQ(seen_, (std::vector<std::string>{"first", "second"}));
    clock_.advance(5s);
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_FALSE(next_due());
}

TEST_F(OnDemandTest, RunsAgainWhenItIsWantedWhileItRuns) {
    auto one = runner();
    one->add(noting("note"));
    enqueue("a", "first");
    while_running_ = [&] {
        while_running_ = nullptr;
        enqueue("a", "second");
    };
    EXPECT_EQ(run_due(*one), 1);
    clock_.advance(1ms);
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(seen_, (std::vector<std::string>{"first", "second"}));
    EXPECT_FALSE(next_due());
}

TEST_F(OnDemandTest, WaitsAMomentWhenSomethingIsInItsWay) {
    auto one = runner({.poll = 300ms});
    one->add(noting("note"));
    enqueue("a", "p");
    answer_ = Outcome::later;
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(next_due(), clock_.now() + 300ms);
    clock_.advance(300ms);
    answer_ = fail(FaultKind::unavailable, "not now");
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_EQ(next_due(), clock_.now() + 1s);
    clock_.advance(1s);
    answer_ = Outcome::done;
    EXPECT_EQ(run_due(*one), 1);
    EXPECT_FALSE(next_due());
}

TEST_F(OnDemandTest, IsFoundAtOnceWhenTheRunnerIsWoken) {
    auto one = runner({.poll = 1h});
    std::promise<void> ran;
    while_running_ = [&] { ran.set_value(); };
    one->add(noting("note"));
    std::thread running([&] { one->run(); });
    enqueue("a", "p");
    one->wake();
    EXPECT_EQ(ran.get_future().wait_for(10s), std::future_status::ready);
    one->stop();
    running.join();
}

// A slow job leaves the other lanes to the rest; the end of the runner waits for it, and it can tell.
TEST_F(OnDemandTest, RunsSeveralAtOnceAndTellsThemToEnd) {
    auto one = runner({.poll = 10ms, .lanes = 2});
    std::promise<void> quick_ran;
    one->add({.kind = "note", .run = [&](const store::Job& job, std::stop_token stop) -> Task<Result<Outcome>> {
                  if (job.payload == "quick") {
                      quick_ran.set_value();
                      co_return Outcome::done;
                  }
                  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
                  while (!stop.stop_requested()) {
                      timer.expires_after(1ms);
                      co_await timer.async_wait(boost::asio::use_awaitable);
                  }
                  co_return Outcome::more;
              }});
    enqueue("a", "slow");
    std::thread running([&] { one->run(); });
    enqueue("b", "quick");
    one->wake();
    EXPECT_EQ(quick_ran.get_future().wait_for(10s), std::future_status::ready);
    one->stop();
    running.join();
    EXPECT_EQ(next_due(), clock_.now()) << "the slow one goes on at the next start";
}

}  // namespace
}  // namespace berth::jobs
