#include "scanning/target.hpp"

#include "oci/manifest.hpp"

#include <string>
#include <utility>

namespace berth::scanning {

Task<Result<std::optional<WantedScan>>> find_wanted(registry::Services& services, model::ImageRowId image) {
    std::string bytes;
    std::string media_type;
    auto found = co_await services.metadata.read([&](store::Transaction& tx) -> Result<std::optional<WantedScan>> {
        const auto scan = tx.scans().find(image);
        const auto row = tx.images().find(image);
        const auto repository = row ? tx.repositories().find(row->repository) : std::nullopt;
        if (!scan || !repository) return std::nullopt;
        bytes = tx.images().manifest(image);
        media_type = row->media_type;
        return WantedScan{.type = scan->type,
                          .target = {.repository = {.registry = repository->registry, .name = repository->name},
                                     .digest = row->digest,
                                     .layers = {},
                                     .follows = scan->continuous}};
    });
    if (!found) co_return found;
    auto& wanted = *found;
    if (!wanted) co_return found;
    const auto manifest = oci::parse_manifest(bytes, media_type, {.depth = services.settings.manifest_depth});
    if (!manifest) co_return std::unexpected(manifest.error());
    if (!manifest->blobs.empty()) (*found)->target.config = manifest->blobs.front().digest;
    for (std::size_t i = 1; i < manifest->blobs.size(); ++i) {
        const auto& layer = manifest->blobs[i];
        wanted->target.layers.push_back({.digest = layer.digest, .media_type = layer.media_type, .size = layer.size});
    }
    co_return found;
}

}  // namespace berth::scanning
