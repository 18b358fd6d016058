// Why memory never says "here" of what is gone. What it keeps of a blob includes the time of its review, and a blob
// near that time is asked for in the metadata before "here" is said (registry/promise.hpp). Before the transaction the
// due blobs are dropped, and with them all that was read before they were due, even by reads that are still on their
// way. So what memory has from then on knows that the review is due. After the commit they are dropped for good.
#include "registry/collector.hpp"

#include "registry/read_cache.hpp"
#include "registry/upload_steps.hpp"

#include <string>
#include <vector>

namespace berth::registry {

namespace {

void forget(ReadCache& cache, const std::vector<store::HeldBlob>& blobs) {
    for (const auto& [repository, digest] : blobs) cache.blobs.drop(key_of(repository, digest.text()));
}

}  // namespace

Task<Result<std::size_t>> Collector::collect(std::size_t limit) {
    const auto now = services_.clock.now();
    auto due = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::HeldBlob>> {
        return tx.blobs().due_reviews(now, limit);
    });
    if (!due) co_return fail(std::move(due));
    if (due->empty()) co_return std::size_t{0};
    forget(services_.cache, *due);
    // Synced before the bytes go: rows that came back after a power cut would point at nothing.
    auto results = co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<std::vector<store::Reviewed>> {
            std::vector<store::Reviewed> reviewed;
            for (const auto& held : *due) reviewed.push_back(tx.blobs().review(held, now));
            return reviewed;
        },
        store::Durability::synced);
    forget(services_.cache, *due);
    if (!results) co_return fail(std::move(results));

    std::vector<std::string> keys;
    for (const auto& result : *results) {
        ++reviewed_;
        if (result.outcome == store::ReviewOutcome::unlinked) ++unlinked_;
        if (!result.forgotten) continue;
        ++removed_blobs_;
        removed_bytes_ += result.forgotten->size;
        if (!result.forgotten->key.empty()) keys.push_back(result.forgotten->key);
    }
    if (!keys.empty()) {
        auto removed = co_await remove_discarded(services_, keys);  // what could not be removed, the sweep tries again
        if (!removed) co_return fail(std::move(removed));
    }
    co_return due->size();
}

CollectorStatistics Collector::statistics() const {
    return {
        .reviewed = reviewed_, .unlinked = unlinked_, .removed_blobs = removed_blobs_, .removed_bytes = removed_bytes_};
}

}  // namespace berth::registry
