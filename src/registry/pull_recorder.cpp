#include "registry/pull_recorder.hpp"

#include <utility>

namespace berth::registry {

void PullRecorder::note(model::ImageRowId image, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    noted_.insert_or_assign(static_cast<std::int64_t>(image), now);
}

Task<Result<std::size_t>> PullRecorder::flush(store::Metadata& metadata) {
    std::unordered_map<std::int64_t, Timestamp> batch;
    {
        const std::scoped_lock lock(mutex_);
        batch.swap(noted_);
    }
    if (batch.empty()) co_return std::size_t{0};
    auto written = co_await metadata.write(
        [&](store::Transaction& tx) -> Result<std::size_t> {
            for (const auto& [image, at] : batch) tx.images().set_last_pulled(model::ImageRowId{image}, at);
            return batch.size();
        },
        store::Durability::relaxed);
    if (!written) {
        const std::scoped_lock lock(mutex_);
        noted_.merge(batch);  // newer notes win
    }
    co_return written;
}

}  // namespace berth::registry
