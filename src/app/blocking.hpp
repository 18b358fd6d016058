// Runs a task to its end on the calling thread; for the start of the program and for commands, never inside a server.
#pragma once

#include "async/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace berth::app {

template <class T>
T run_blocking(Task<T> task) {
    std::optional<T> result;
    std::exception_ptr thrown;
    const auto keep = [](Task<T> inner, std::optional<T>& place) -> Task<void> {
        place.emplace(co_await std::move(inner));
    };
    boost::asio::io_context context(1);
    boost::asio::co_spawn(context, keep(std::move(task), result),
                          [&](std::exception_ptr failure) { thrown = failure; });
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
}

}  // namespace berth::app
