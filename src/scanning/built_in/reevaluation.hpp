// Continuous scans: when the database changes, the images that the change can touch are matched again. From their
// inventories; no layer is read.
#pragma once

#include "async/offload.hpp"
#include "async/share_of_time.hpp"
#include "async/task.hpp"
#include "registry/services.hpp"
#include "scanning/built_in/database_holder.hpp"

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace berth::scanning {

struct ReevaluationReport {
    bool finished = true;  // false: it was stopped, and the next run goes on
    std::size_t changed_packages = 0;
    bool all = false;  // the generation that findings were up to is not known any more, so everything was matched
    std::size_t inventories = 0;  // that were matched
    std::size_t images = 0;       // that were told of another result
};

// All that it is given outlives it. `share`: of the time, while somebody pushes. One run at a time. `rows_at_once`: of
// one transaction, large enough to be quick, small enough not to be noticed by those who wait to write.
class Reevaluation {
public:
    Reevaluation(registry::Services& services, const DatabaseHolder& databases, BlockingPool& threads,
                 ShareOfTime& share, bool rank_kernel_headers_last, std::size_t rows_at_once = 200)
        : services_(services),
          databases_(databases),
          threads_(threads),
          share_(share),
          rank_kernel_headers_last_(rank_kernel_headers_last),
          rows_at_once_(rows_at_once) {}

    // Brings all images that follow (those of continuous scans) to the current generation; nothing to do where they
    // are. An inventory that many images share is matched once. What there is to do is written down first and taken off
    // bit by bit, in transactions that others get in between: a run that is stopped or dies anywhere is gone on with by
    // the next.
    Task<Result<ReevaluationReport>> run(std::stop_token stop = {});

    // Removes inventories that no image has any more, at most `limit` a call; returns how many it looked at.
    Task<Result<std::size_t>> sweep(std::size_t limit);

private:
    using Generation = DatabaseHolder::Generation;
    struct Item;
    struct Step;

    Task<Result<void>> plan(const std::string& from, const Generation& to, ReevaluationReport& report);
    Task<Result<std::vector<store::InventoryId>>> touched(const Generation& from, const Generation& to,
                                                          ReevaluationReport& report);
    Task<Result<std::vector<store::InventoryId>>> everything();
    Task<Result<void>> work_off(const Generation& database, const std::stop_token& stop, ReevaluationReport& report);
    Task<Result<std::vector<Item>>> next_items();
    void match(Item& item, const vulndb::SqliteDatabase& database) const;
    Step advance(store::Transaction& tx, const std::vector<Item>& items, std::size_t at);

    registry::Services& services_;
    const DatabaseHolder& databases_;
    BlockingPool& threads_;
    ShareOfTime& share_;
    const bool rank_kernel_headers_last_;
    const std::size_t rows_at_once_;
};

}  // namespace berth::scanning
