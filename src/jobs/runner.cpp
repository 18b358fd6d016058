#include "jobs/runner.hpp"

#include "base/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>

namespace berth::jobs {

namespace asio = boost::asio;

namespace {

std::chrono::milliseconds retry_delay(const RunnerOptions& options, int attempts) {
    auto delay = options.first_retry;
    for (int i = 1; i < attempts && delay < options.longest_retry; ++i) delay *= 2;
    return std::min(delay, options.longest_retry);
}

// A job that throws has failed like one that returns a Fault.
Task<Result<Outcome>> run_guarded(const Recurring& kind) {
    try {
        co_return co_await kind.run();
    } catch (const std::exception& thrown) {
        co_return fail(FaultKind::internal, thrown.what());
    }
}

}  // namespace

Runner::Runner(store::Metadata& metadata, const Clock& clock, Random& random, RunnerOptions options)
    : metadata_(metadata), clock_(clock), random_(random), options_(options), owner_(make_uuid(random)) {}

void Runner::add(Recurring job) {
    if (job.scope == Scope::process) {
        own_.push_back({.job = std::move(job), .next = {}});
    } else {
        kinds_.push_back(std::move(job));
    }
}

const Recurring* Runner::find(std::string_view kind) const {
    const auto at = std::ranges::find(kinds_, kind, &Recurring::kind);
    return at == kinds_.end() ? nullptr : &*at;
}

void Runner::run() {
    std::exception_ptr thrown;
    asio::co_spawn(context_, loop(), [&](std::exception_ptr failure) { thrown = failure; });
    context_.run();
    if (thrown) std::rethrow_exception(thrown);
}

void Runner::stop() {
    stopping_ = true;
    asio::post(context_, [this] { wake_.cancel(); });
}

RunnerStatistics Runner::statistics() const {
    return {.succeeded = succeeded_, .failed = failed_};
}

Task<void> Runner::loop() {
    auto enqueued = co_await enqueue_all();
    if (!enqueued) log::error("background jobs cannot be enqueued", {{"reason", enqueued.error().message}});
    while (!stopping_) {
        co_await run_own();
        auto ran = co_await run_next();
        if (!ran) log::warning("background jobs cannot be claimed", {{"reason", ran.error().message}});
        if (!ran || !*ran) co_await wait_for_work();
    }
    for (auto& own : own_) own.next = clock_.now();  // what is in memory goes to the store before the end
    co_await run_own();
}

Task<void> Runner::run_own() {
    const auto now = clock_.now();
    for (auto& own : own_) {
        if (own.next > now) continue;
        const auto outcome = co_await run_guarded(own.job);
        if (!outcome) {
            log::warning("a background job failed", {{"kind", own.job.kind}, {"reason", outcome.error().message}});
        }
        own.next = now + own.job.interval;
    }
}

Task<void> Runner::wait_for_work() {
    wake_.expires_after(options_.poll);
    if (stopping_) co_return;
    boost::system::error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Task<Result<void>> Runner::enqueue_all() {
    co_return co_await metadata_.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& kind : kinds_) {
            store::Job job;
            job.id = make_row_id(clock_.now(), random_);
            job.kind = kind.kind;
            job.run_at = clock_.now();
            static_cast<void>(tx.jobs().enqueue(job));  // there already: some runner enqueued it before
        }
        return {};
    });
}

Task<Result<std::size_t>> Runner::run_due() {
    auto enqueued = co_await enqueue_all();
    if (!enqueued) co_return fail(std::move(enqueued));
    co_await run_own();
    std::size_t count = 0;
    for (;;) {
        auto ran = co_await run_next();
        if (!ran) co_return fail(std::move(ran));
        if (!*ran) co_return count;
        ++count;
    }
}

Task<Result<std::optional<store::Job>>> Runner::claim() {
    const auto now = clock_.now();
    auto due = co_await metadata_.read([&](store::Transaction& tx) -> Result<bool> {
        const auto next = tx.jobs().next_due();
        return next && *next <= now;
    });
    if (!due) co_return fail(std::move(due));
    if (!*due) co_return std::optional<store::Job>();
    co_return co_await metadata_.write(
        [&](store::Transaction& tx) -> Result<std::optional<store::Job>> {
            return tx.jobs().claim(owner_, now, now + options_.lease);
        },
        store::Durability::relaxed);
}

Task<Result<bool>> Runner::run_next() {
    for (;;) {
        auto claimed = co_await claim();
        if (!claimed) co_return fail(std::move(claimed));
        if (!*claimed) co_return false;
        const auto* kind = find((*claimed)->kind);
        if (kind == nullptr) {
            // Another version of this program put it there; the lease keeps it out of this runner's way for a while.
            log::warning("a background job of an unknown kind waits", {{"kind", (*claimed)->kind}});
            continue;
        }
        const auto outcome = co_await run_with_lease(*kind, (*claimed)->id);
        auto settled = co_await settle(std::move(**claimed), *kind, outcome);
        if (!settled) co_return fail(std::move(settled));
        co_return true;
    }
}

Task<Result<Outcome>> Runner::run_with_lease(const Recurring& kind, std::int64_t job) {
    const auto executor = co_await asio::this_coro::executor;
    auto [order, thrown, outcome, renew_thrown] =
        co_await asio::experimental::make_parallel_group(asio::co_spawn(executor, run_guarded(kind), asio::deferred),
                                                         asio::co_spawn(executor, renew(job), asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    if (order[0] != 0) co_return fail(FaultKind::unavailable, "the lease was lost");
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(outcome);
}

// Ends only when the lease is lost.
Task<void> Runner::renew(std::int64_t job) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        timer.expires_after(options_.lease / 3);
        co_await timer.async_wait(asio::use_awaitable);
        auto held = co_await metadata_.write(
            [&](store::Transaction& tx) -> Result<bool> {
                return tx.jobs().extend(job, owner_, clock_.now() + options_.lease);
            },
            store::Durability::relaxed);
        if (held && !*held) co_return;
    }
}

Task<Result<void>> Runner::settle(store::Job job, const Recurring& kind, const Result<Outcome>& outcome) {
    const auto now = clock_.now();
    if (outcome) {
        ++succeeded_;
        job.attempts = 0;
        job.last_error.clear();
        job.run_at = *outcome == Outcome::more ? now : now + kind.interval;
    } else {
        ++failed_;
        ++job.attempts;
        job.last_error = outcome.error().message;
        job.run_at = now + retry_delay(options_, job.attempts);
        log::warning("a background job failed", {{"kind", job.kind}, {"reason", job.last_error}});
    }
    co_return co_await metadata_.write(
        [&](store::Transaction& tx) -> Result<void> {
            tx.jobs().retry(job, owner_);
            return {};
        },
        store::Durability::relaxed);
}

}  // namespace berth::jobs
