// The job that collects blobs no image needs, no faster than the operator allows.
#pragma once

#include "jobs/runner.hpp"
#include "registry/collector.hpp"

#include <chrono>
#include <cstddef>

namespace berth::jobs {

struct CollectionOptions {
    std::chrono::milliseconds interval{10'000};  // between looks for blobs that are due
    std::size_t rate = 200;                      // blobs a second; 0: as fast as they can be written
};

// The collector outlives the runner.
void add_collection(Runner& runner, registry::Collector& collector, const CollectionOptions& options);

}  // namespace berth::jobs
