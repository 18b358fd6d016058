// Online garbage collection: takes blobs whose review has come out of their repositories when no image needs them, and
// removes the bytes of those that no repository has any more. Pushes, mounts and pulls go on meanwhile.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/services.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace berth::registry {

struct CollectorStatistics {
    std::uint64_t reviewed = 0;
    std::uint64_t unlinked = 0;       // blobs that left a repository
    std::uint64_t removed_blobs = 0;  // blobs whose last repository that was
    std::uint64_t removed_bytes = 0;
};

// Thread-safe. Running it twice at once is safe too.
class Collector {
public:
    explicit Collector(Services& services) : services_(services) {}

    // Reviews at most `limit` blobs in one transaction; returns how many were due. Fewer than `limit`: no more are.
    Task<Result<std::size_t>> collect(std::size_t limit);
    [[nodiscard]] CollectorStatistics statistics() const;

private:
    Services& services_;
    std::atomic<std::uint64_t> reviewed_{0};
    std::atomic<std::uint64_t> unlinked_{0};
    std::atomic<std::uint64_t> removed_blobs_{0};
    std::atomic<std::uint64_t> removed_bytes_{0};
};

}  // namespace berth::registry
