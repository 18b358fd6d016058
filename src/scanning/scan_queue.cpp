#include "scanning/scan_queue.hpp"

#include "async/run_blocking.hpp"
#include "base/log.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace berth::scanning {

namespace {

// May go away by itself: then it is worth another try.
bool passes(FaultKind kind) {
    return kind == FaultKind::unavailable || kind == FaultKind::storage_full || kind == FaultKind::internal ||
           kind == FaultKind::too_many_requests;
}

std::chrono::milliseconds retry_delay(const QueueOptions& options, int attempts) {
    auto delay = options.first_retry;
    for (int i = 1; i < attempts && delay < options.longest_retry; ++i) delay *= 2;
    return std::min(delay, options.longest_retry);
}

scan::Depth depth_of(store::ScanType type) {
    return type == store::ScanType::basic ? scan::Depth::basic : scan::Depth::enhanced;
}

// A scanner that throws has failed like one that returns a Fault.
Task<Result<scan::Findings>> guarded(Scanner& scanner, const ScanTarget& target, scan::Depth depth) {
    try {
        co_return co_await scanner.scan(target, depth);
    } catch (const std::exception& thrown) {
        co_return fail(FaultKind::internal, thrown.what());
    }
}

}  // namespace

ScanQueue::ScanQueue(registry::Services& services, Scanner& scanner, ScanResults& results, ShareOfTime& share,
                     QueueOptions options)
    : services_(services),
      scanner_(scanner),
      results_(results),
      share_(share),
      options_(options),
      owner_(make_uuid(services.random)) {}

ScanQueue::~ScanQueue() {
    stop();
}

void ScanQueue::start(std::function<Task<Result<void>>()> prepare) {
    prepare_ = std::move(prepare);
    for (unsigned i = 0; i < std::max(1U, options_.workers); ++i) {
        threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
    threads_.emplace_back([this](const std::stop_token& stop) { keep_leases(stop); });
}

void ScanQueue::stop() {
    stopping_ = true;
    for (auto& thread : threads_) thread.request_stop();
    scanner_.stop();
    // The keeper, which is the last, goes on until no lease is needed any more.
    threads_.clear();
}

void ScanQueue::wake() {
    {
        const std::scoped_lock lock(mutex_);
        ++wakes_;
    }
    changed_.notify_all();
}

QueueStatistics ScanQueue::statistics() const {
    return {.completed = completed_, .failed = failed_, .retried = retried_, .running = running_};
}

void ScanQueue::prepare() {
    if (!prepare_) return;
    try {
        const auto done = run_blocking(prepare_());
        if (!done) log::warning("scans begin without what they need", {{"reason", done.error().message}});
    } catch (const std::exception& thrown) {
        log::error("scans begin without what they need", {{"reason", thrown.what()}});
    }
}

void ScanQueue::work(const std::stop_token& stop) {
    std::call_once(prepared_, [this] { prepare(); });
    while (!stop.stop_requested()) {
        std::uint64_t seen = 0;
        {
            const std::scoped_lock lock(mutex_);
            seen = wakes_;
        }
        try {
            give_way(stop);
            const auto ran = run_blocking(run_next());
            if (ran && *ran) continue;
            if (!ran) log::warning("the queue of scans cannot be read", {{"reason", ran.error().message}});
        } catch (const std::exception& thrown) {
            log::error("a scan was given up", {{"reason", thrown.what()}});
        }
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, options_.poll, [&] { return wakes_ != seen; });
    }
}

void ScanQueue::give_way(const std::stop_token& stop) {
    using namespace std::chrono_literals;
    using Clock = std::chrono::steady_clock;
    std::unique_lock lock(mutex_);
    // A push that may soon be over is let through first. Between the images of a row a client makes longer pauses.
    for (const auto until = Clock::now() + 1s; !stop.stop_requested() && Clock::now() < until;) {
        const auto quiet = services_.pushes.in_a_row(500ms) ? 100ms : 10ms;
        if (!share_.limited() || !services_.pushes.within(quiet)) break;
        changed_.wait_for(lock, stop, 5ms, [] { return false; });
    }
    for (auto wait = share_.to_wait(); wait.count() > 0 && !stop.stop_requested(); wait = share_.to_wait()) {
        changed_.wait_for(lock, stop, wait, [] { return false; });
    }
}

void ScanQueue::keep_leases(const std::stop_token& stop) {
    while (!stop.stop_requested() || running_ > 0) {
        {
            std::unique_lock lock(mutex_);
            if (stop.stop_requested()) {
                changed_.wait_for(lock, options_.lease / 3, [&] { return running_ == 0; });
            } else {
                changed_.wait_for(lock, stop, options_.lease / 3, [] { return false; });
            }
        }
        if (running_ == 0) continue;
        const auto extended = run_blocking(services_.metadata.write(
            [&](store::Transaction& tx) -> Result<bool> {
                tx.scans().extend(owner_, services_.clock.now() + options_.lease);
                return true;
            },
            store::Durability::relaxed));
        if (!extended) log::warning("leases of scans cannot be renewed", {{"reason", extended.error().message}});
    }
}

Task<Result<std::optional<store::QueuedScan>>> ScanQueue::claim() {
    const auto now = services_.clock.now();
    auto due = co_await services_.metadata.read(
        [&](store::Transaction& tx) -> Result<bool> { return tx.scans().any_due(now); });
    if (!due) co_return fail(std::move(due));
    if (!*due) co_return std::optional<store::QueuedScan>();
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<std::optional<store::QueuedScan>> {
            auto queued = tx.scans().claim(owner_, now, now + options_.lease);
            auto scan = queued ? tx.scans().find(queued->image) : std::nullopt;
            if (scan && scan->state == store::ScanState::pending) {
                scan->state = store::ScanState::in_progress;
                tx.scans().put(*scan);
            }
            return queued;
        },
        store::Durability::relaxed);
}

// Counts a scan while it runs; the keeper of leases waits for the last one.
class ScanQueue::Running {
public:
    explicit Running(ScanQueue& queue) : queue_(queue) { ++queue_.running_; }
    ~Running() {
        {
            const std::scoped_lock lock(queue_.mutex_);
            --queue_.running_;
        }
        if (queue_.stopping_) queue_.changed_.notify_all();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

private:
    ScanQueue& queue_;
};

Task<Result<bool>> ScanQueue::run_next() {
    auto claimed = co_await claim();
    if (!claimed) co_return fail(std::move(claimed));
    const auto& taken = *claimed;
    if (!taken) co_return false;
    const auto queued = *taken;
    const Running running(*this);

    auto looked = co_await find_wanted(services_, queued.image);
    if (looked && !*looked) {
        auto gone = co_await services_.metadata.write(
            [&](store::Transaction& tx) -> Result<bool> { return tx.scans().finish(queued.image, owner_); });
        if (!gone) co_return fail(std::move(gone));
        co_return true;
    }
    Result<scan::Findings> outcome = fail(FaultKind::internal, "");
    const WantedScan* known = nullptr;
    if (!looked) {
        outcome = std::unexpected(std::move(looked).error());
    } else if (const auto& wanted = *looked) {
        known = &*wanted;
        outcome = co_await guarded(scanner_, wanted->target, depth_of(wanted->type));
    }
    const auto begin = std::chrono::steady_clock::now();
    auto settled = co_await settle(queued, known, std::move(outcome));
    share_.worked(std::chrono::steady_clock::now() - begin);
    if (!settled) co_return fail(std::move(settled));
    co_return true;
}

Task<Result<void>> ScanQueue::settle(store::QueuedScan queued, const WantedScan* wanted,
                                     Result<scan::Findings> outcome) {
    if (wanted != nullptr && outcome) {
        auto kept = co_await results_.keep(queued.image, *wanted, std::move(*outcome), owner_);
        if (!kept) co_return fail(std::move(kept));
        completed_ += *kept ? 1 : 0;
        co_return Result<void>{};
    }
    const auto& fault = outcome.error();
    // Not its own fault, and not counted as one.
    if (stopping_ && fault.kind == FaultKind::unavailable) {
        co_return co_await wait_again(queued, services_.clock.now(), {});
    }
    ++queued.attempts;
    log::warning("a scan failed", {{"reason", fault.message}, {"attempt", std::to_string(queued.attempts)}});
    if (passes(fault.kind) && queued.attempts < options_.attempts) {
        ++retried_;
        co_return co_await wait_again(queued, services_.clock.now() + retry_delay(options_, queued.attempts),
                                      fault.message);
    }
    auto failed = co_await results_.fail_scan(queued.image, fault.message, passes(fault.kind), owner_);
    if (!failed) co_return fail(std::move(failed));
    failed_ += *failed ? 1 : 0;
    co_return Result<void>{};
}

Task<Result<void>> ScanQueue::wait_again(const store::QueuedScan& queued, Timestamp at, std::string reason) {
    co_return co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<void> {
            if (!tx.scans().retry(queued, owner_, at)) return {};
            if (auto scan = tx.scans().find(queued.image)) {
                scan->state = store::ScanState::pending;
                scan->reason = reason;
                tx.scans().put(*scan);
            }
            return {};
        },
        store::Durability::relaxed);
}

Task<Result<std::size_t>> ScanQueue::retry_failed() {
    constexpr std::size_t batch = 500;
    std::size_t count = 0;
    model::ImageRowId after{0};
    for (;;) {
        auto page = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<std::size_t> {
            const auto failed = tx.scans().retryable(after, batch);
            for (auto scan : failed) {
                scan.state = store::ScanState::pending;
                scan.retryable = false;
                tx.scans().put(scan);
                tx.scans().enqueue(scan.image, scan.repository);
            }
            if (!failed.empty()) after = failed.back().image;
            return failed.size();
        });
        if (!page) co_return fail(std::move(page));
        count += *page;
        if (*page < batch) break;
    }
    if (count > 0) wake();
    co_return count;
}

}  // namespace berth::scanning
