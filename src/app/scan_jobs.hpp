// The jobs of the scan engines. Built-in: a newer vulnerability database is noticed, and fetched where that is wanted.
// Clair: what it has learned reaches the images that follow.
#pragma once

#include "app/database_options.hpp"
#include "app/database_update.hpp"
#include "jobs/runner.hpp"
#include "scanning/built_in/engine.hpp"
#include "scanning/clair/engine.hpp"
#include "scanning/scan_queue.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace berth::app {

struct ScanParts {
    scanning::Engine& engine;
    scanning::ScanQueue& queue;
    scanning::Reevaluation& reevaluation;
    BlockingPool& threads;
    DatabaseUpdate& update;
};

// What `berth` is called with to bring the database in `folder` up to date.
[[nodiscard]] std::vector<std::string> update_arguments(const std::filesystem::path& folder,
                                                        const DatabaseOptions& options);

// Opens what is new of the vulnerability database; scans that failed for want of one are tried again with it.
[[nodiscard]] Task<Result<void>> look_for_database(scanning::Engine& engine, scanning::ScanQueue& queue);

// All outlive the runner.
void add_scan_jobs(jobs::Runner& runner, const ScanParts& parts, const DatabaseOptions& options);
void add_clair_jobs(jobs::Runner& runner, scanning::clair::Engine& clair, scanning::ScanQueue& queue,
                    std::chrono::milliseconds interval);

}  // namespace berth::app
