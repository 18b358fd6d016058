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
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace berth::jobs {

// What a job says when it has run.
enum class Outcome : std::uint8_t {
    done,  // nothing more to do now
    more,  // stopped at its batch limit: run again at once
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

struct RunnerOptions {
    std::chrono::milliseconds poll{1000};  // how often a due row is looked for at least
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
    // Claims and runs jobs until stop(). Blocks the calling thread, which becomes the runner's.
    void run();
    // From any thread. The running job is finished first.
    void stop();
    // Runs everything that is due, once; for tests and commands.
    Task<Result<std::size_t>> run_due();
    [[nodiscard]] RunnerStatistics statistics() const;

private:
    Task<void> loop();
    Task<void> wait_for_work();
    Task<Result<void>> enqueue_all();
    Task<void> run_own();
    // The job that is due, leased; nullopt: none is.
    Task<Result<std::optional<store::Job>>> claim();
    Task<Result<bool>> run_next();
    Task<Result<Outcome>> run_with_lease(const Recurring& kind, std::int64_t job);
    Task<void> renew(std::int64_t job);
    Task<Result<void>> settle(store::Job job, const Recurring& kind, const Result<Outcome>& outcome);
    [[nodiscard]] const Recurring* find(std::string_view kind) const;

    store::Metadata& metadata_;
    const Clock& clock_;
    Random& random_;
    const RunnerOptions options_;
    const std::string owner_;
    struct Own {
        Recurring job;
        Timestamp next;
    };
    std::vector<Recurring> kinds_;
    std::vector<Own> own_;
    boost::asio::io_context context_{1};
    boost::asio::steady_timer wake_{context_};
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> succeeded_{0};
    std::atomic<std::uint64_t> failed_{0};
};

}  // namespace berth::jobs
