// Metrics in Prometheus' text format. Rooms count for themselves in plain numbers; here each number gets its name,
// once, in one table, and is read when somebody scrapes.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::api::ops {

enum class MetricKind : std::uint8_t { counter, gauge };

// One number somebody else keeps.
struct Source {
    std::string name;  // berth_..., with the unit and _total as Prometheus' conventions ask
    std::string help;
    MetricKind kind = MetricKind::counter;
    std::function<double()> read;  // thread-safe
};

// The planes requests are counted by.
enum class Plane : std::uint8_t { registry, api, operations, other };

// Counts answered requests by plane and status class, and how long they took. Thread-safe and cheap.
class RequestCounters {
public:
    static constexpr std::array<double, 11> bounds_seconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05,
                                                           0.1,    0.5,   1,      10,    60};

    void count(Plane plane, int status, std::chrono::nanoseconds duration);

private:
    friend class Metrics;
    static constexpr std::size_t planes = 4;
    static constexpr std::size_t classes = 6;
    struct alignas(64) Row {
        std::array<std::atomic<std::uint64_t>, classes> by_class{};
        std::array<std::atomic<std::uint64_t>, bounds_seconds.size() + 1> by_duration{};
        std::atomic<std::uint64_t> nanoseconds{0};
    };
    std::array<Row, planes> rows_{};
};

class Metrics {
public:
    explicit Metrics(const RequestCounters& requests) : requests_(requests) {}
    // Before the first render().
    void add(Source source) { sources_.push_back(std::move(source)); }
    [[nodiscard]] std::string render() const;

private:
    const RequestCounters& requests_;
    std::vector<Source> sources_;
};

}  // namespace berth::api::ops
