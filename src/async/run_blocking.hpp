// Runs a task to its end on the calling thread: for the start of the program, for commands and for tests; inside a
// server only on a thread that nobody else waits for (on_own_thread in offload.hpp).
#pragma once

#include "async/task.hpp"

#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace berth {

// On an event loop of its own; throws what the task throws. Compiled once: spawning is dear to compile.
void run_on_this_thread(Task<void> task);

template <class T>
T run_blocking(Task<T> task) {
    if constexpr (std::is_void_v<T>) {
        run_on_this_thread(std::move(task));
    } else {
        std::optional<T> result;
        const auto keep = [](Task<T> inner, std::optional<T>& place) -> Task<void> {
            place.emplace(co_await std::move(inner));
        };
        run_on_this_thread(keep(std::move(task), result));
        if (!result) throw std::logic_error("a task ended with neither a result nor an exception");
        return *std::move(result);
    }
}

}  // namespace berth
