// The jobs of the built-in scan engine: a newer vulnerability database is noticed, and fetched where that is wanted.
#pragma once

#include "app/database_options.hpp"
#include "jobs/runner.hpp"
#include "scanning/built_in/engine.hpp"

namespace berth::app {

// Both outlive the runner.
void add_scan_jobs(jobs::Runner& runner, scanning::Engine& engine, BlockingPool& threads,
                   const DatabaseOptions& options);

}  // namespace berth::app
