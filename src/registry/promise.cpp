#include "registry/promise.hpp"

#include "registry/read_cache.hpp"

namespace berth::registry {

Timestamp next_review(const Services& services) {
    const auto grace = services.settings.blob_grace;
    return services.clock.now() + grace + grace / 4;
}

bool is_promised(const Services& services, const model::Blob& blob) {
    return !blob.review_at || *blob.review_at >= services.clock.now() + services.settings.blob_grace;
}

Task<Result<std::vector<model::Digest>>> promise(Services& services, model::RepositoryId repository,
                                                 std::vector<model::Digest> digests) {
    if (digests.empty()) co_return std::vector<model::Digest>{};
    auto gone = co_await services.metadata.write(
        [&](store::Transaction& tx) -> Result<std::vector<model::Digest>> {
            std::vector<model::Digest> missing;
            for (const auto& digest : digests) {
                if (!tx.blobs().postpone_review(repository, digest, next_review(services))) missing.push_back(digest);
            }
            return missing;
        },
        store::Durability::relaxed);
    // What memory says of their reviews is out of date.
    for (const auto& digest : digests) services.cache.blobs.drop(key_of(repository, digest.text()));
    co_return gone;
}

Task<Result<bool>> promise(Services& services, model::RepositoryId repository, const model::Digest& digest) {
    std::vector<model::Digest> one(1, digest);
    auto gone = co_await promise(services, repository, std::move(one));
    if (!gone) co_return fail(std::move(gone));
    const bool all_there = gone->empty();
    co_return all_there;
}

}  // namespace berth::registry
