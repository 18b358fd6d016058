// Blocking work has its own floor: a pool of threads that may wait for a disk. I/O threads never do.
#pragma once

#include "async/task.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <expected>
#include <type_traits>
#include <utility>

namespace berth {

using BlockingPool = boost::asio::thread_pool;

// Runs `work` on a thread of `pool` and comes back to the caller's executor with what it returned; what it throws
// is thrown here. `work` owns what it touches, or its owner waits for this.
template <class F>
Task<std::invoke_result_t<F&>> offload(BlockingPool& pool, F work) {
    using R = std::invoke_result_t<F&>;
    static_assert(!std::is_void_v<R>, "return a value: a Result<void> where there is nothing else to say");
    std::expected<R, std::exception_ptr> outcome = std::unexpected(std::exception_ptr());
    const auto back = co_await boost::asio::this_coro::executor;
    auto run = [&](auto handler) {
        boost::asio::post(pool,
                          [&, handler = std::move(handler), guard = boost::asio::make_work_guard(back)]() mutable {
                              try {
                                  outcome = work();
                              } catch (...) {
                                  outcome = std::unexpected(std::current_exception());
                              }
                              boost::asio::post(guard.get_executor(), std::move(handler));
                          });
    };
    co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void()>(run, boost::asio::use_awaitable);
    if (!outcome) std::rethrow_exception(outcome.error());
    co_return *std::move(outcome);
}

// For work that keeps a core busy for long: on a thread of its own, so that it stands in nobody's way.
template <class F>
Task<std::invoke_result_t<F&>> on_own_thread(F work) {
    BlockingPool own(1);
    co_return co_await offload(own, std::move(work));
}

}  // namespace berth
