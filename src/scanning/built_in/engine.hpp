// The built-in engine with all that it owns: worker processes, threads, the open database.
#pragma once

#include "async/offload.hpp"
#include "scanning/built_in/built_in_scanner.hpp"
#include "scanning/built_in/database_holder.hpp"
#include "scanning/built_in/engine_options.hpp"
#include "scanning/built_in/reevaluation.hpp"
#include "worker/pool.hpp"

#include <atomic>
#include <filesystem>
#include <memory>

namespace berth::scanning {

class Engine {
public:
    // Workers are this program, started as `scan-worker` (app/command_scan_worker.cpp). The services outlive it.
    // `share` and `sboms`: see BuiltInScanner.
    Engine(registry::Services& services, std::filesystem::path database, const EngineOptions& options,
           ShareOfTime& share, SbomAttacher* sboms);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    [[nodiscard]] Scanner& scanner() { return scanner_; }
    [[nodiscard]] const DatabaseHolder& databases() const { return databases_; }
    [[nodiscard]] worker::Pool::Statistics workers() const { return workers_.statistics(); }

    // Looks for a newer database; true: scans start with it from now on. For a job of every process. Thread-safe.
    Task<Result<bool>> look_for_database();
    // Does not outlive the engine.
    [[nodiscard]] std::unique_ptr<Reevaluation> reevaluation();

private:
    registry::Services& services_;
    ShareOfTime& share_;
    const bool rank_kernel_headers_last_;
    BlockingPool threads_;
    DatabaseHolder databases_;
    worker::Pool workers_;
    BuiltInScanner scanner_;
    std::atomic<bool> said_missing_{false};
};

}  // namespace berth::scanning
