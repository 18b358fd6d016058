// Time that passes without a thread.
#pragma once

#include "async/task.hpp"

#include <chrono>
#include <stop_token>

namespace berth {

// Comes back after `length`, or within a tenth of a second of a stop.
Task<void> pause(std::chrono::milliseconds length, std::stop_token stop = {});

}  // namespace berth
