// Works off the scans that wait: some threads of its own, so that no request ever waits for one.
//
// A scan is a row (store::ScanTable). Whoever claims it holds a lease, which the keeper renews while the scan runs;
// when the process dies the lease runs out and another one scans the image. So a scan must be safe to run twice.
#pragma once

#include "async/share_of_time.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/services.hpp"
#include "scanning/scan_results.hpp"
#include "scanning/scanner.hpp"
#include "scanning/target.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace berth::scanning {

struct QueueOptions {
    unsigned workers = 2;
    std::chrono::milliseconds poll{1000};  // how often the queue is looked at, at least
    std::chrono::milliseconds lease{30'000};
    int attempts = 4;                             // then the scan has failed
    std::chrono::milliseconds first_retry{2000};  // doubled with each failure in a row
    std::chrono::milliseconds longest_retry{300'000};
};

// Numbers for /metrics.
struct QueueStatistics {
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;
    std::uint64_t retried = 0;
    std::uint64_t running = 0;
};

class ScanQueue {
public:
    // All outlive it. `share`: of the time, while somebody pushes; scanners count what they take of it themselves.
    ScanQueue(registry::Services& services, Scanner& scanner, ScanResults& results, ShareOfTime& share,
              QueueOptions options);
    ~ScanQueue();
    ScanQueue(const ScanQueue&) = delete;
    ScanQueue& operator=(const ScanQueue&) = delete;

    // Starts the threads. No scan begins before `prepare` is done, which one of them does: what scans cannot do without
    // and the start of the program should not wait for. Its failure keeps no scan waiting.
    void start(std::function<Task<Result<void>>()> prepare = {});
    // Ends them, without waiting for long scans: the scanner is stopped, and what it leaves undone waits again, as if
    // it had not been begun.
    void stop();
    // From any thread: a scan was asked for that somebody waits for, so look now.
    void wake();
    // The next one that is due, on this thread; false: none is. For the threads, and for tests.
    Task<Result<bool>> run_next();
    // Scans that failed for want of a database or an engine wait again. For whoever brings one.
    Task<Result<std::size_t>> retry_failed();
    [[nodiscard]] QueueStatistics statistics() const;

private:
    class Running;

    void work(const std::stop_token& stop);
    void prepare();
    // Before a scan: waits while pushes go on, until the scans' share of the time is kept.
    void give_way(const std::stop_token& stop);
    void keep_leases(const std::stop_token& stop);
    Task<Result<std::optional<store::QueuedScan>>> claim();
    // Back into the queue, for later.
    Task<Result<void>> wait_again(const store::QueuedScan& queued, Timestamp at, std::string reason);
    // `wanted`: null when nobody could tell.
    Task<Result<void>> settle(store::QueuedScan queued, const WantedScan* wanted, Result<scan::Findings> outcome);

    registry::Services& services_;
    Scanner& scanner_;
    ScanResults& results_;
    ShareOfTime& share_;
    const QueueOptions options_;
    const std::string owner_;
    std::function<Task<Result<void>>()> prepare_;
    std::once_flag prepared_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t wakes_ = 0;
    std::atomic<bool> stopping_{false};
    std::vector<std::jthread> threads_;
    std::atomic<std::uint64_t> completed_{0};
    std::atomic<std::uint64_t> failed_{0};
    std::atomic<std::uint64_t> retried_{0};
    std::atomic<std::uint64_t> running_{0};
};

}  // namespace berth::scanning
