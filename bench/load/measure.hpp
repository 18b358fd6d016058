// One timed run: all clients connect and say hello, then start together and call until the time is up.
#pragma once

#include "server_usage.hpp"
#include "statistics.hpp"
#include "workload.hpp"

#include <chrono>
#include <string>

namespace bench {

struct Run {
    Endpoint endpoint;
    std::string authorization;
    std::size_t clients = 1;
    std::chrono::milliseconds duration{1000};
};

// Each client finishes the call it is in when the time is up, and makes at least one; the wall time ends with the last
// of them. A failed call ends its client's part and shows as the outcome's error.
Outcome measure(const Run& run, Workload& workload, const ServerUsage& server);

}  // namespace bench
