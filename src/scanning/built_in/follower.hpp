// Makes images follow the vulnerability database (Reevaluation brings them to a newer one).
#pragma once

#include "async/offload.hpp"
#include "async/share_of_time.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/services.hpp"
#include "scan/match.hpp"
#include "scanning/built_in/database_holder.hpp"

namespace berth::scanning {

// All that it is given outlives it. Thread-safe.
class Follower {
public:
    Follower(registry::Services& services, BlockingPool& threads, ShareOfTime& share)
        : services_(services), threads_(threads), share_(share) {}

    // Matches what is not known of the image's parts, keeps it, and makes the image follow them. What is known is not
    // matched anew: it may be by the generation before, until all images are brought to this one. Not `following`: it
    // is kept in the same way, but as it is found now.
    [[nodiscard]] Task<Result<scan::Findings>> follow(model::ImageRowId image, const inventory::Inventory& inventory,
                                                      const vulndb::SqliteDatabase& database, const scan::Options& how,
                                                      bool following = true);
    [[nodiscard]] Task<Result<void>> unfollow(model::ImageRowId image);

private:
    struct Plan;
    Task<Result<void>> look_up(Plan& plan);
    // False: a part that was known is gone.
    Task<Result<bool>> keep(const Plan& plan);

    registry::Services& services_;
    BlockingPool& threads_;
    ShareOfTime& share_;
};

}  // namespace berth::scanning
