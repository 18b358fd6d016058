// Runs background jobs: one runner in each process, any number of processes on one metadata store.
//
// A job is a row. Whoever claims it holds a lease and renews it while the job runs; when the process dies the lease
// runs out and another runner starts the job again. So every job must be safe to run twice and to stop anywhere.
#pragma once

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "store/metadata.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace berth::jobs {

// What a job says when it has run.
enum class Outcome : std::uint8_t {
    done,   // nothing more to do now
    more,   // stopped at its batch limit: run again at once
    later,  // something is in its way: run again after a moment
};

// Whose work it is.
enum class Scope : std::uint8_t {
    store,    // one runner of all on this store at a time, under a lease
    process,  // every process its own: what it holds in memory
};

// One kind of recurring job. `run` is called on the runner's thread.
struct Recurring {
    std::string kind;
    Scope scope = Scope::store;
    std::chrono::milliseconds interval{};
    std::function<Task<Result<Outcome>>()> run;
};

// One kind of job that runs when a use case enqueued it (store::Job: kind, key, payload), and is gone when it is done.
// Enqueued again while it runs, it runs once more. `run` is called on the runner's thread; `job` outlives the task. A
// long one looks at `stop` between its steps and answers Outcome::more when the runner is to end.
struct OnDemand {
    std::string kind;
    std::function<Task<Result<Outcome>>(const store::Job& job, std::stop_token stop)> run;
};

struct RunnerOptions {
    std::chrono::milliseconds poll{1000};  // how often a due row is looked for at least
    std::size_t lanes = 4;                 // jobs running at once, taking turns on the runner's thread
    std::chrono::milliseconds lease{30'000};
    std::chrono::milliseconds first_retry{1000};  // doubled with each failure in a row
    std::chrono::milliseconds longest_retry{300'000};
};

// Numbers for /metrics.
struct RunnerStatistics {
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
};

class Runner {
public:
    Runner(store::Metadata& metadata, const Clock& clock, Random& random, RunnerOptions options);

    // Before run().
    void add(Recurring job);
    void add(OnDemand job);
    // Claims and runs jobs until stop(). Blocks the calling thread, which becomes the runner's.
    void run();
    // From any thread. The running job is finished first.
    void stop();
    // From any thread: a job was enqueued that somebody waits for, so look now.
    void wake();
    // Runs everything that is due, once; for tests and commands.
    Task<Result<std::size_t>> run_due();
    [[nodiscard]] RunnerStatistics statistics() const;

private:
    using Timer = boost::asio::steady_timer;
    struct Kind {
        std::string name;
        std::optional<std::chrono::milliseconds> interval;  // nullopt: on demand
        std::function<Task<Result<Outcome>>(const store::Job&, std::stop_token)> run;
    };
    struct Own {
        Recurring job;
        Timestamp next;
    };

    Task<void> first_lane(Timer& timer);
    Task<void> lane(Timer& timer);
    // One job, or a wait for one.
    Task<void> step(Timer& timer);
    Task<Result<void>> enqueue_all();
    Task<void> run_own();
    // The job that is due, leased; nullopt: none is.
    Task<Result<std::optional<store::Job>>> claim();
    Task<Result<bool>> run_next();
    Task<Result<Outcome>> run_with_lease(const Kind& kind, const store::Job& job);
    Task<void> renew(std::int64_t job);
    Task<Result<void>> settle(store::Job job, const Kind& kind, const Result<Outcome>& outcome);
    [[nodiscard]] const Kind* find(std::string_view kind) const;

    store::Metadata& metadata_;
    const Clock& clock_;
    Random& random_;
    const RunnerOptions options_;
    const std::string owner_;
    std::vector<Kind> kinds_;
    std::vector<Own> own_;
    boost::asio::io_context context_{1};
    std::deque<Timer> timers_;  // one for each lane: what it waits with
    std::uint64_t wakes_ = 0;   // on the runner's thread
    std::stop_source stop_;
    std::atomic<std::uint64_t> succeeded_{0};
    std::atomic<std::uint64_t> failed_{0};
};

}  // namespace berth::jobs
