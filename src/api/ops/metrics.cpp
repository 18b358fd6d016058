#include "api/ops/metrics.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

namespace berth::api::ops {

namespace {

constexpr std::array<std::string_view, 4> plane_names{"registry", "api", "operations", "other"};

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type) {
    prometheus::MetricFamily made;
    made.name = std::move(name);
    made.help = std::move(help);
    made.type = type;
    return made;
}

prometheus::ClientMetric::Label label(std::string name, std::string_view value) {
    prometheus::ClientMetric::Label made;
    made.name = std::move(name);
    made.value = std::string(value);
    return made;
}

}  // namespace

void RequestCounters::count(Plane plane, int status, std::chrono::nanoseconds duration) {
    auto& row = rows_[static_cast<std::size_t>(plane)];
    const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 0, 5));
    row.by_class[status_class].fetch_add(1, std::memory_order_relaxed);
    const double seconds = std::chrono::duration<double>(duration).count();
    const auto bucket = std::ranges::lower_bound(bounds_seconds, seconds) - bounds_seconds.begin();
    row.by_duration[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    row.nanoseconds.fetch_add(static_cast<std::uint64_t>(duration.count()), std::memory_order_relaxed);
}

std::string Metrics::render() const {
    std::vector<prometheus::MetricFamily> families;
    for (const auto& source : sources_) {
        const bool counter = source.kind == MetricKind::counter;
        auto made =
            family(source.name, source.help, counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge);
        prometheus::ClientMetric metric;
        (counter ? metric.counter.value : metric.gauge.value) = source.read();
        made.metric.push_back(std::move(metric));
        families.push_back(std::move(made));
    }
    auto answered = family("berth_http_requests_total", "Requests answered, by plane and class of status.",
                           prometheus::MetricType::Counter);
    auto durations =
        family("berth_http_request_duration_seconds", "From the end of a request's headers to the end of its answer.",
               prometheus::MetricType::Histogram);
    for (std::size_t plane = 0; plane < plane_names.size(); ++plane) {
        const auto& row = requests_.rows_[plane];
        for (std::size_t status = 1; status < RequestCounters::classes; ++status) {
            prometheus::ClientMetric metric;
            metric.label = {label("plane", plane_names[plane]), label("status", std::to_string(status) + "xx")};
            metric.counter.value = static_cast<double>(row.by_class[status].load(std::memory_order_relaxed));
            answered.metric.push_back(std::move(metric));
        }
        prometheus::ClientMetric metric;
        metric.label = {label("plane", plane_names[plane])};
        std::uint64_t cumulative = 0;
        for (std::size_t i = 0; i < row.by_duration.size(); ++i) {
            cumulative += row.by_duration[i].load(std::memory_order_relaxed);
            prometheus::ClientMetric::Bucket bucket;
            bucket.cumulative_count = cumulative;
            bucket.upper_bound = i < RequestCounters::bounds_seconds.size() ? RequestCounters::bounds_seconds[i]
                                                                            : std::numeric_limits<double>::infinity();
            metric.histogram.bucket.push_back(bucket);
        }
        metric.histogram.sample_count = cumulative;
        metric.histogram.sample_sum = static_cast<double>(row.nanoseconds.load(std::memory_order_relaxed)) / 1e9;
        durations.metric.push_back(std::move(metric));
    }
    families.push_back(std::move(answered));
    families.push_back(std::move(durations));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace berth::api::ops
