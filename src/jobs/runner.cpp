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
template <class Start>
Task<Result<Outcome>> guarded(Start start) {
    try {
        co_return co_await start();
    } catch (const std::exception& thrown) {
        co_return fail(FaultKind::internal, thrown.what());
    }
}

}  // namespace

Runner::Runner(store::Metadata& metadata, const Clock& clock, Random& random, RunnerOptions options)
    : metadata_(metadata), clock_(clock), random_(random), options_(options), owner_(make_uuid(random)) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.lanes); ++i) timers_.emplace_back(context_);
}

void Runner::add(Recurring job) {
    if (job.scope == Scope::process) {
        own_.push_back({.job = std::move(job), .next = {}});
        return;
    }
    kinds_.push_back({.name = std::move(job.kind),
                      .interval = job.interval,
                      .run = [run = std::move(job.run)](const store::Job&, const std::stop_token&) { return run(); }});
}

void Runner::add(OnDemand job) {
    kinds_.push_back({.name = std::move(job.kind), .interval = std::nullopt, .run = std::move(job.run)});
}

const Runner::Kind* Runner::find(std::string_view kind) const {
    const auto at = std::ranges::find(kinds_, kind, &Kind::name);
    return at == kinds_.end() ? nullptr : &*at;
}

void Runner::run() {
    std::exception_ptr thrown;
    const auto keep = [&](const std::exception_ptr& failure) {
        if (failure) thrown = failure;
    };
    for (std::size_t i = 0; i < timers_.size(); ++i) {
        asio::co_spawn(context_, i == 0 ? first_lane(timers_[i]) : lane(timers_[i]), keep);
    }
    context_.run();
    if (thrown) std::rethrow_exception(thrown);
}

void Runner::stop() {
    stop_.request_stop();
    wake();
}

void Runner::wake() {
    asio::post(context_, [this] {
        ++wakes_;
        for (auto& timer : timers_) timer.cancel();
    });
}

RunnerStatistics Runner::statistics() const {
    return {.succeeded = succeeded_, .failed = failed_};
}

Task<void> Runner::first_lane(Timer& timer) {
    auto enqueued = co_await enqueue_all();
    if (!enqueued) log::error("background jobs cannot be enqueued", {{"reason", enqueued.error().message}});
    while (!stop_.stop_requested()) {
        co_await run_own();
        co_await step(timer);
    }
    for (auto& own : own_) own.next = clock_.now();  // what is in memory goes to the store before the end
    co_await run_own();
}

Task<void> Runner::lane(Timer& timer) {
    while (!stop_.stop_requested()) co_await step(timer);
}

Task<void> Runner::step(Timer& timer) {
    const auto seen = wakes_;
    auto ran = co_await run_next();
    if (!ran) log::warning("background jobs cannot be claimed", {{"reason", ran.error().message}});
    if (ran && *ran) co_return;
    timer.expires_after(options_.poll);
    // Woken since the last look: there may be work.
    if (wakes_ != seen || stop_.stop_requested()) co_return;
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Task<void> Runner::run_own() {
    const auto now = clock_.now();
    for (auto& own : own_) {
        if (own.next > now) continue;
        const auto outcome = co_await guarded(std::cref(own.job.run));
        if (!outcome) {
            log::warning("a background job failed", {{"kind", own.job.kind}, {"reason", outcome.error().message}});
        }
        own.next = now + own.job.interval;
    }
}

Task<Result<void>> Runner::enqueue_all() {
    co_return co_await metadata_.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& kind : kinds_) {
            if (!kind.interval) continue;
            store::Job job;
            job.id = make_row_id(clock_.now(), random_);
            job.kind = kind.name;
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
        auto& job = *claimed;
        if (!job) co_return false;
        const auto* kind = find(job->kind);
        if (kind == nullptr) {
            // Another version of this program put it there; the lease keeps it out of this runner's way for a while.
            log::warning("a background job of an unknown kind waits", {{"kind", job->kind}});
            continue;
        }
        const auto outcome = co_await run_with_lease(*kind, *job);
        auto settled = co_await settle(*std::move(job), *kind, outcome);
        if (!settled) co_return fail(std::move(settled));
        co_return true;
    }
}

Task<Result<Outcome>> Runner::run_with_lease(const Kind& kind, const store::Job& job) {
    const auto executor = co_await asio::this_coro::executor;
    auto [order, thrown, outcome, renew_thrown] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(executor, guarded([&] { return kind.run(job, stop_.get_token()); }), asio::deferred),
            asio::co_spawn(executor, renew(job.id), asio::deferred))
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

Task<Result<void>> Runner::settle(store::Job job, const Kind& kind, const Result<Outcome>& outcome) {
    const auto now = clock_.now();
    const auto claimed_for = job.run_at;
    if (outcome) {
        ++succeeded_;
        job.attempts = 0;
        job.last_error.clear();
        job.run_at = *outcome == Outcome::more    ? now
                     : *outcome == Outcome::later ? now + options_.poll
                                                  : now + kind.interval.value_or(std::chrono::milliseconds(0));
    } else {
        ++failed_;
        ++job.attempts;
        job.last_error = outcome.error().message;
        job.run_at = now + retry_delay(options_, job.attempts);
        log::warning("a background job failed", {{"kind", job.kind}, {"reason", job.last_error}});
    }
    const bool gone = !kind.interval && outcome && *outcome == Outcome::done;
    co_return co_await metadata_.write(
        [&](store::Transaction& tx) -> Result<void> {
            if (gone) {
                tx.jobs().finish(job.id, owner_, claimed_for);
            } else {
                tx.jobs().retry(job, owner_);
            }
            return {};
        },
        store::Durability::relaxed);
}

}  // namespace berth::jobs
