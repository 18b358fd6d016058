// The jobs of the built-in scan engine: a newer vulnerability database is noticed, and fetched where that is wanted.
#pragma once

#include "app/database_options.hpp"
#include "jobs/runner.hpp"
#include "scanning/built_in/engine.hpp"
#include "scanning/scan_queue.hpp"
#include "scanning/scan_results.hpp"

#include <span>

namespace berth::app {

// Puts what was matched again where scans put what they find.
class EnhancedFindings final : public scanning::FindingsKeeper {
public:
    explicit EnhancedFindings(scanning::ScanResults& results) : results_(results) {}
    Task<Result<void>> replace(std::span<const model::ImageRowId> images, const scan::Findings& findings) override;

private:
    scanning::ScanResults& results_;
};

struct ScanParts {
    scanning::Engine& engine;
    scanning::ScanQueue& queue;
    scanning::Reevaluation& reevaluation;
    BlockingPool& threads;
};

// All outlive the runner.
void add_scan_jobs(jobs::Runner& runner, const ScanParts& parts, const DatabaseOptions& options);

}  // namespace berth::app
