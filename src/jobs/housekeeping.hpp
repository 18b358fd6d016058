// The jobs every server has: expired uploads, deleted repositories, the recycle bin, old events, pull times.
#pragma once

#include "jobs/runner.hpp"
#include "registry/recycle_bin.hpp"
#include "registry/services.hpp"
#include "registry/uploads.hpp"

#include <chrono>

namespace berth::jobs {

struct HousekeepingOptions {
    std::chrono::milliseconds sweep_interval{60'000};       // expired uploads, bytes nobody needs
    std::chrono::milliseconds purge_interval{10'000};       // what deleted repositories had
    std::chrono::milliseconds bin_interval{60'000};         // images whose time in the recycle bin is up
    std::chrono::milliseconds pull_times_interval{10'000};  // last pull times
    std::chrono::hours event_retention{24 * 7};             // how long events stay in the outbox
};

// All outlive the runner.
void add_housekeeping(Runner& runner, registry::Services& services, registry::Uploads& uploads,
                      registry::RecycleBin& recycle_bin, const HousekeepingOptions& options);

}  // namespace berth::jobs
