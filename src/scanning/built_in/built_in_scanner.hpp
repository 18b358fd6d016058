// The engine of Berth's own: layers read in worker processes, each once; packages matched against the open database.
#pragma once

#include "async/offload.hpp"
#include "async/share_of_time.hpp"
#include "inventory/layer_inventory.hpp"
#include "registry/services.hpp"
#include "scanning/built_in/database_holder.hpp"
#include "scanning/built_in/engine_options.hpp"
#include "scanning/built_in/follower.hpp"
#include "scanning/sbom_attacher.hpp"
#include "scanning/scanner.hpp"
#include "worker/pool.hpp"

namespace berth::scanning {

// All that it is given outlives it. `share`: of the time, while somebody pushes; the workers keep to it as well.
// `sboms`: gets what is in each image; null: nobody wants it.
class BuiltInScanner final : public Scanner {
public:
    BuiltInScanner(registry::Services& services, worker::Pool& workers, const DatabaseHolder& databases,
                   BlockingPool& threads, ShareOfTime& share, BuiltInOptions options, SbomAttacher* sboms = nullptr)
        : services_(services),
          workers_(workers),
          databases_(databases),
          threads_(threads),
          share_(share),
          follower_(services, threads, share),
          options_(std::move(options)),
          sboms_(sboms) {}

    // The faults' texts name the layer. An image whose configuration is broken is as good as one with a broken layer.
    // An enhanced scan makes the image one that follows the database (Reevaluation) or, as the target says, stays as it
    // is found; a basic one makes it follow no longer.
    [[nodiscard]] Task<Result<scan::Findings>> scan(const ScanTarget& target, scan::Depth depth) override;
    // Ends the workers.
    void stop() override { workers_.stop(); }

private:
    [[nodiscard]] Fault no_database() const;
    [[nodiscard]] Task<Result<inventory::Inventory>> inventory_of(const ScanTarget& target,
                                                                  model::RepositoryId repository);
    [[nodiscard]] Task<Result<inventory::LayerInventory>> layer_of(const TargetLayer& layer,
                                                                   model::RepositoryId repository,
                                                                   worker::Deadline deadline);

    registry::Services& services_;
    worker::Pool& workers_;
    const DatabaseHolder& databases_;
    BlockingPool& threads_;  // for the work of the processor
    ShareOfTime& share_;
    Follower follower_;
    const BuiltInOptions options_;
    SbomAttacher* const sboms_;
};

}  // namespace berth::scanning
