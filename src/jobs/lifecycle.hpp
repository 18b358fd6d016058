// The jobs of lifecycle policies and of the archive.
#pragma once

#include "jobs/runner.hpp"
#include "registry/followers.hpp"
#include "registry/lifecycle_previews.hpp"
#include "registry/lifecycle_runs.hpp"
#include "registry/storage_classes.hpp"

#include <chrono>

namespace berth::jobs {

struct LifecycleOptions {
    std::chrono::milliseconds interval{5 * 60'000};    // how often every policy is applied
    std::chrono::milliseconds sweep_interval{30'000};  // results of previews that are over
};

struct LifecycleUseCases {
    registry::LifecycleRuns& runs;
    registry::LifecyclePreviews& previews;
    registry::StorageClasses& storage_classes;
    registry::Followers& followers;
};

// The use cases outlive the runner.
void add_lifecycle(Runner& runner, LifecycleUseCases use, const LifecycleOptions& options);

}  // namespace berth::jobs
