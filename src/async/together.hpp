// Two tasks at the same time, both waited for. What either throws is thrown here, once both have ended.
#pragma once

#include "async/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <tuple>
#include <utility>

namespace berth {

struct Nothing {};

namespace detail {

inline Task<Nothing> with_result(Task<void> task) {
    co_await std::move(task);
    co_return Nothing{};
}
template <class T>
Task<T> with_result(Task<T> task) {
    return task;
}
template <class T>
struct ResultOf {
    using type = T;
};
template <>
struct ResultOf<void> {
    using type = Nothing;
};

}  // namespace detail

// A and B are default constructible; a void task gives Nothing.
template <class A, class B>
Task<std::tuple<typename detail::ResultOf<A>::type, typename detail::ResultOf<B>::type>> together(Task<A> first,
                                                                                                  Task<B> second) {
    namespace asio = boost::asio;
    const auto executor = co_await asio::this_coro::executor;
    auto [order, first_thrown, first_result, second_thrown, second_result] =
        co_await asio::experimental::make_parallel_group(
            asio::co_spawn(executor, detail::with_result(std::move(first)), asio::deferred),
            asio::co_spawn(executor, detail::with_result(std::move(second)), asio::deferred))
            .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    if (first_thrown) std::rethrow_exception(first_thrown);
    if (second_thrown) std::rethrow_exception(second_thrown);
    co_return std::tuple(std::move(first_result), std::move(second_result));
}

}  // namespace berth
