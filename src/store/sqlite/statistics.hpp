// What the store counts, for /metrics.
#pragma once

#include <cstdint>

namespace berth::store::sqlite {

// Totals since the start, but for the last three.
struct Statistics {
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;          // write transactions, whatever became of them
    std::uint64_t failed_writes = 0;   // of those, the ones that left nothing
    std::uint64_t refused_writes = 0;  // not counted above: too many were waiting
    std::uint64_t commits = 0;         // writes / commits is the mean batch
    std::uint64_t synced_commits = 0;
    std::uint64_t failed_commits = 0;
    std::uint64_t checkpoints = 0;
    std::uint64_t largest_batch = 0;
    std::uint64_t waiting = 0;    // writes in the queue right now
    std::uint64_t log_pages = 0;  // pages in the write-ahead log
};

}  // namespace berth::store::sqlite
