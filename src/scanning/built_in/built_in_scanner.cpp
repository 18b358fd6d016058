#include "scanning/built_in/built_in_scanner.hpp"

#include "registry/faults.hpp"
#include "scanning/built_in/blob_source.hpp"
#include "scanning/image_config.hpp"

#include <optional>
#include <utility>

namespace berth::scanning {
namespace {

struct Place {
    model::RepositoryId repository{};
    model::ImageRowId image{};
};

Result<Place> find(store::Transaction& tx, const ScanTarget& target) {
    const auto repository = tx.repositories().find(target.repository.registry, target.repository.name);
    if (!repository) return std::unexpected(registry::repository_not_found(target.repository));
    const auto image = tx.images().find(repository->id, target.digest);
    if (!image) {
        return std::unexpected(
            registry::image_not_found(target.repository, {.digest = target.digest, .tag = std::nullopt}));
    }
    return Place{.repository = repository->id, .image = image->id};
}

}  // namespace

Task<Result<scan::Findings>> BuiltInScanner::scan(const ScanTarget& target, scan::Depth depth) {
    const auto database = databases_.current();
    if (!database && sboms_ == nullptr) co_return std::unexpected(no_database());
    const auto place = co_await services_.metadata.read([&](store::Transaction& tx) { return find(tx, target); });
    if (!place) co_return std::unexpected(place.error());
    if (target.config) {
        const auto config = co_await image_config(services_, place->repository, *target.config);
        if (!config) {
            auto fault = config.error();
            fault.message = "configuration " + target.config->text() + ": " + fault.message;
            co_return std::unexpected(std::move(fault));
        }
    }
    auto inventory = co_await inventory_of(target, place->repository);
    if (!inventory) co_return fail(std::move(inventory));
    if (sboms_ != nullptr) co_await sboms_->attach(target, *inventory);
    if (!database) co_return std::unexpected(no_database());
    const scan::Options how{
        .depth = depth, .rank_kernel_headers_last = options_.rank_kernel_headers_last, .now = services_.clock.now()};
    if (depth == scan::Depth::enhanced) {
        co_return co_await follower_.follow(place->image, *inventory, *database, how, target.follows);
    }
    auto left = co_await follower_.unfollow(place->image);
    if (!left) co_return fail(std::move(left));
    co_return co_await offload(threads_,
                               [&] { return share_.count([&] { return scan::match(*inventory, *database, how); }); });
}

Fault BuiltInScanner::no_database() const {
    return {.kind = FaultKind::unavailable,
            .message =
                "There is no vulnerability database yet; import one with `berth vulndb import` or `berth vulndb "
                "update` into " +
                databases_.folder().string()};
}

Task<Result<inventory::Inventory>> BuiltInScanner::inventory_of(const ScanTarget& target,
                                                                model::RepositoryId repository) {
    const auto count = target.layers.size();
    if (count > options_.limits.layers) {
        co_return fail(FaultKind::too_large,
                       "the image has more than the " + std::to_string(options_.limits.layers) + " layers allowed");
    }
    const auto deadline = std::chrono::steady_clock::now() + options_.longest;
    std::vector<inventory::LayerInventory> layers;
    std::size_t found_bytes = 0;
    for (const auto& layer : target.layers) {
        auto found = co_await layer_of(layer, repository, deadline);
        if (!found) {
            auto fault = std::move(found).error();
            fault.message = "layer " + std::to_string(layers.size() + 1) + " of " + std::to_string(count) + " (" +
                            layer.digest.text() + "): " + fault.message;
            co_return std::unexpected(std::move(fault));
        }
        found_bytes += weight_of(*found);
        if (found_bytes > options_.limits.found_bytes_of_image) {
            co_return fail(FaultKind::too_large, "what the image's layers hold takes more than the " +
                                                     std::to_string(options_.limits.found_bytes_of_image) +
                                                     " bytes allowed");
        }
        layers.push_back(std::move(*found));
    }
    co_return co_await offload(threads_, [&] { return inventory::union_of(layers); });
}

Task<Result<inventory::LayerInventory>> BuiltInScanner::layer_of(const TargetLayer& layer,
                                                                 model::RepositoryId repository,
                                                                 worker::Deadline deadline) {
    auto known = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::optional<std::string>> {
        return tx.inventories().layer(layer.digest, inventory::scanner_version);
    });
    if (!known) co_return fail(std::move(known));
    if (*known) {
        auto decoded = co_await offload(threads_, [&] { return inventory::decode_layer(**known); });
        if (decoded) co_return std::move(*decoded);
    }
    auto read = co_await workers_.read_layer(
        [&]() -> Task<Result<std::unique_ptr<ByteSource>>> {
            co_return co_await open_blob(services_, repository, layer.digest);
        },
        options_.limits, deadline);
    if (!read) co_return fail(std::move(read));
    auto kept = co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<bool> {
            // It may have been deleted while it was read; then nothing would ever take its inventory away.
            if (!tx.blobs().find(layer.digest)) return false;
            tx.inventories().put_layer(layer.digest, inventory::scanner_version, read->encoded);
            return true;
        },
        store::Durability::relaxed);
    if (!kept) co_return fail(std::move(kept));
    co_return std::move(read->layer);
}

}  // namespace berth::scanning
