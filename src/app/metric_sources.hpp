// The numbers the rooms keep, with their names in /metrics: one table.
#pragma once

#include "api/ops/metrics.hpp"
#include "http/server.hpp"
#include "jobs/runner.hpp"
#include "registry/collector.hpp"
#include "registry/lifecycle_runs.hpp"
#include "scanning/scan_queue.hpp"
#include "store/sqlite/sqlite_metadata.hpp"

namespace berth::app {

struct MetricOwners {
    const http::Server& server;
    const store::sqlite::SqliteMetadata& metadata;
    const jobs::Runner& runner;
    const registry::LifecycleRuns& lifecycle;
    const scanning::ScanQueue& scans;
    const registry::Collector& collector;
};

// The owners outlive the metrics' last rendering.
void add_metric_sources(api::ops::Metrics& metrics, MetricOwners owners);

}  // namespace berth::app
