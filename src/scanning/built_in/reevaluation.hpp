// Continuous scans: when the database changes, the images that the change can touch are matched again. From their
// inventories; no layer is read.
#pragma once

#include "async/offload.hpp"
#include "async/task.hpp"
#include "base/clock.hpp"
#include "scan/finding.hpp"
#include "scanning/built_in/database_holder.hpp"
#include "store/metadata.hpp"

#include <cstddef>
#include <span>
#include <stop_token>

namespace berth::scanning {

// Who keeps findings. Called by one task at a time.
class FindingsKeeper {
public:
    FindingsKeeper() = default;
    FindingsKeeper(const FindingsKeeper&) = delete;
    FindingsKeeper& operator=(const FindingsKeeper&) = delete;
    virtual ~FindingsKeeper() = default;

    // These images follow the database and have these findings now; they may be those they had. Images that are gone
    // meanwhile are no fault.
    virtual Task<Result<void>> replace(std::span<const model::ImageRowId> images, const scan::Findings& findings) = 0;
};

struct ReevaluationReport {
    bool finished = true;  // false: it was stopped, and starts anew
    std::size_t changed_packages = 0;
    bool all = false;  // the generation that findings were up to is not known any more, so everything was matched
    std::size_t inventories = 0;
    std::size_t images = 0;
};

// All that it is given outlives it. One run at a time.
class Reevaluation {
public:
    Reevaluation(store::Metadata& metadata, const Clock& clock, const DatabaseHolder& databases, BlockingPool& threads,
                 FindingsKeeper& keeper, bool rank_kernel_headers_last)
        : metadata_(metadata),
          clock_(clock),
          databases_(databases),
          threads_(threads),
          keeper_(keeper),
          rank_kernel_headers_last_(rank_kernel_headers_last) {}

    // Brings all images that follow to the current generation; nothing to do where they are. An inventory that many
    // images share is matched once. May be stopped or die anywhere: the next run does it again.
    Task<Result<ReevaluationReport>> run(std::stop_token stop = {});

    // Removes inventories that no image has any more, at most `limit` a call; returns how many it looked at.
    Task<Result<std::size_t>> sweep(std::size_t limit);

private:
    using Generation = DatabaseHolder::Generation;

    Task<Result<std::vector<store::InventoryId>>> touched(const Generation& from, const Generation& to,
                                                          ReevaluationReport& report);
    Task<Result<std::vector<store::InventoryId>>> everything();
    Task<Result<void>> evaluate(std::span<const store::InventoryId> inventories, const Generation& database,
                                ReevaluationReport& report);
    Task<Result<void>> hand_over(store::InventoryId inventory, const scan::Findings& findings,
                                 ReevaluationReport& report);

    store::Metadata& metadata_;
    const Clock& clock_;
    const DatabaseHolder& databases_;
    BlockingPool& threads_;
    FindingsKeeper& keeper_;
    const bool rank_kernel_headers_last_;
};

}  // namespace berth::scanning
