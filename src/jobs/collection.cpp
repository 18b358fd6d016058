#include "jobs/collection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace berth::jobs {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t largest_batch = 64;              // pushes wait behind one batch at most
constexpr std::chrono::milliseconds longest_run{250};  // the other jobs wait behind one run
constexpr std::size_t batches_a_second = 16;

std::size_t batch_of(std::size_t rate) {
    if (rate == 0) return largest_batch;
    return std::clamp<std::size_t>(rate / batches_a_second, 1, largest_batch);
}

// What the batch may take at least.
Steady::duration pace_of(std::size_t batch, std::size_t rate) {
    if (rate == 0) return Steady::duration::zero();
    return std::chrono::nanoseconds(std::chrono::seconds(batch)) / rate;
}

Task<Result<Outcome>> collect(registry::Collector& collector, std::size_t rate) {
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
    const auto batch = batch_of(rate);
    const auto begun = Steady::now();
    while (Steady::now() - begun < longest_run) {
        const auto started = Steady::now();
        auto due = co_await collector.collect(batch);
        if (!due) co_return fail(std::move(due));
        if (*due < batch) co_return Outcome::done;
        pause.expires_at(started + pace_of(batch, rate));
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
    co_return Outcome::more;
}

}  // namespace

void add_collection(Runner& runner, registry::Collector& collector, const CollectionOptions& options) {
    runner.add({.kind = "blob-collection",
                .scope = Scope::store,
                .interval = options.interval,
                .run = [&collector, rate = options.rate] { return collect(collector, rate); }});
}

}  // namespace berth::jobs
