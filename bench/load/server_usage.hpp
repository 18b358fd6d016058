// What the server under test has used: its process and all processes below it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>

namespace bench {

class ServerUsage {
public:
    // 0: no process to look at; everything is then 0.
    explicit ServerUsage(pid_t server) : server_(server) {}

    // User and system time since the start, exact to the nanosecond (the process's CPU clock, not its clock ticks).
    std::chrono::nanoseconds cpu() const;
    // The largest resident size since the last forget_peak(), summed over the processes.
    std::uint64_t peak_kib() const;
    void forget_peak() const;

private:
    pid_t server_;
};

}  // namespace bench
