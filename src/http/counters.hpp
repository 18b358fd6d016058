// What one I/O thread counts. Written by that thread alone, read by anyone: relaxed, no locked instruction.
#pragma once

#include <atomic>
#include <cstdint>

namespace berth::http {

class Counter {
public:
    void add(std::uint64_t n) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// On a cache line of its own, so that two threads that count do not take it from each other.
struct alignas(64) Counters {
    Counter closed;
    Counter requests;
    Counter bytes_in;
    Counter bytes_out;
};

}  // namespace berth::http
