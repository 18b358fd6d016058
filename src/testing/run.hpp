// Runs tasks to their end in a test.
#pragma once

#include "async/run_blocking.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace berth::testing {

// On an event loop of its own, on this thread; throws what the task throws.
template <class T>
T wait_for(Task<T> task) {
    return run_blocking(std::move(task));
}

// All of them at once, on event loops of one thread each; what they throw is thrown here.
inline void run_at_once(std::size_t threads, std::size_t tasks, const std::function<Task<void>(std::size_t)>& make) {
    std::vector<std::exception_ptr> thrown(tasks);
    std::vector<std::unique_ptr<boost::asio::io_context>> loops;
    for (std::size_t i = 0; i < threads; ++i) loops.push_back(std::make_unique<boost::asio::io_context>(1));
    for (std::size_t i = 0; i < tasks; ++i) {
        boost::asio::co_spawn(*loops[i % threads], make(i),
                              [&at = thrown[i]](std::exception_ptr failure) { at = std::move(failure); });
    }
    std::vector<std::thread> running;
    for (auto& loop : loops) running.emplace_back([&loop] { loop->run(); });
    for (auto& thread : running) thread.join();
    for (const auto& one : thrown) {
        if (one) std::rethrow_exception(one);
    }
}

}  // namespace berth::testing
