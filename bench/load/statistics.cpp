#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

namespace bench {
namespace {

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

// The nearest-rank percentile, in milliseconds.
double percentile(const std::vector<std::chrono::nanoseconds>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return seconds(sorted[std::max<std::size_t>(rank, 1) - 1]) * 1000;
}

std::string number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result.push_back('\\');
        result.push_back(static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ? ' ' : c);
    }
    return result + "\"";
}

}  // namespace

void Tally::add(Tally&& other) {
    std::ranges::move(other.latencies, std::back_inserter(latencies));
    bytes += other.bytes;
    if (error.empty()) error = std::move(other.error);
}

std::string as_json(Outcome outcome) {
    std::ranges::sort(outcome.tally.latencies);
    const auto& latencies = outcome.tally.latencies;
    const auto calls = static_cast<double>(latencies.size());
    const double wall = std::max(seconds(outcome.wall), 1e-9);
    const double gigabytes = static_cast<double>(outcome.tally.bytes) / 1e9;
    const double cpu = seconds(outcome.server_cpu);
    std::string line = "{\"clients\":" + std::to_string(outcome.clients);
    const auto field = [&line](const char* name, double value) {
        line.append(",\"").append(name).append("\":").append(number(value));
    };
    field("calls", calls);
    field("seconds", wall);
    field("ops_s", calls / wall);
    field("mb_s", gigabytes * 1000 / wall);
    field("p50_ms", percentile(latencies, 0.50));
    field("p99_ms", percentile(latencies, 0.99));
    field("cpu_s_per_1k", calls > 0 ? cpu * 1000 / calls : 0);
    field("cpu_s_per_gb", gigabytes > 0 ? cpu / gigabytes : 0);
    field("server_cpu_s", cpu);
    field("client_cpu_s", seconds(outcome.client_cpu));
    field("peak_rss_mib", static_cast<double>(outcome.server_peak_kib) / 1024);
    line.append(",\"cipher\":").append(quoted(outcome.cipher));
    line.append(",\"error\":").append(quoted(outcome.tally.error));
    return line + "}";
}

}  // namespace bench
