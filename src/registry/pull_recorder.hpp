// Last pull times without a write per pull: pulls are noted in memory and written together by a job.
#pragma once

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/image.hpp"
#include "store/metadata.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <unordered_map>

namespace berth::registry {

// Thread-safe.
class PullRecorder {
public:
    // Pulls of one image closer together than this are one.
    static constexpr std::chrono::seconds resolution{60};

    void note(model::ImageRowId image, Timestamp now);
    // Writes what was noted since the last time; what cannot be written is kept for the next.
    Task<Result<std::size_t>> flush(store::Metadata& metadata);

private:
    std::mutex mutex_;
    std::unordered_map<std::int64_t, Timestamp> noted_;
};

}  // namespace berth::registry
