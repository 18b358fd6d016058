#include "scanning/built_in/engine.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace berth::scanning {
namespace {

worker::PoolOptions pool_options(const EngineOptions& options, ShareOfTime& share) {
    return {.program = {.path = "/proc/self/exe",
                        .arguments = {"scan-worker", "--memory", std::to_string(options.sandbox.memory_bytes), "--cpu",
                                      std::to_string(options.sandbox.cpu_seconds), "--niceness",
                                      std::to_string(options.sandbox.niceness), "--layers",
                                      std::to_string(options.layers_of_worker)}},
            .workers = options.workers,
            .idle = options.idle,
            .share = &share};
}

}  // namespace

Engine::Engine(registry::Services& services, std::filesystem::path database, const EngineOptions& options,
               ShareOfTime& share, SbomAttacher* sboms)
    : services_(services),
      share_(share),
      rank_kernel_headers_last_(options.scans.rank_kernel_headers_last),
      threads_(std::max<std::size_t>(1, options.workers)),
      databases_(std::move(database), options.database_memory),
      workers_(pool_options(options, share)),
      scanner_(services, workers_, databases_, threads_, share, options.scans, sboms) {}

Engine::~Engine() {
    scanner_.stop();
    threads_.join();
}

Task<Result<bool>> Engine::look_for_database() {
    auto found = co_await offload(threads_, [this] { return databases_.look(); });
    if (found && *found) {
        said_missing_ = false;
        log::info("scans use another vulnerability database",
                  {{"generation", databases_.current()->freshness().generation}});
    }
    // Said once: most servers never scan, and the fault comes back with every look.
    if (!found && !said_missing_.exchange(true)) {
        log::info("there is no vulnerability database to scan with", {{"reason", found.error().message}});
    }
    co_return found.value_or(false);
}

std::unique_ptr<Reevaluation> Engine::reevaluation() {
    return std::make_unique<Reevaluation>(services_, databases_, threads_, share_, rank_kernel_headers_last_);
}

}  // namespace berth::scanning
