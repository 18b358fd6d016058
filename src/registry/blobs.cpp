#include "registry/blobs.hpp"

#include "base/log.hpp"
#include "model/media_types.hpp"
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/promise.hpp"
#include "registry/read_cache.hpp"

#include <algorithm>

namespace berth::registry {

namespace {

// The blob as the repository has it, from memory where possible. Inline blobs come with their bytes.
Task<Result<std::shared_ptr<const model::Blob>>> find(Services& services, const RepositoryRef& repository,
                                                      model::RepositoryId id, const model::Digest& digest) {
    auto& table = services.cache.blobs;
    const auto key = key_of(id, digest.text());
    if (auto cached = table.find(key)) co_return cached;
    const auto ticket = table.ticket(key);
    auto found = co_await services.metadata.read([&](store::Transaction& tx) -> Result<model::Blob> {
        auto blob = tx.blobs().find(id, digest);
        if (!blob || tx.blobs().archived(id, digest)) return std::unexpected(blob_not_found(repository, digest));
        if (blob->location.key.empty()) {
            auto bytes = tx.blobs().inline_bytes(digest);
            if (!bytes) return fail(FaultKind::internal, "an inline blob has no bytes");
            blob->location.inline_bytes = std::make_shared<const std::string>(std::move(*bytes));
        }
        return std::move(*blob);
    });
    if (!found) co_return fail(std::move(found));
    auto shared = std::make_shared<const model::Blob>(std::move(*found));
    const auto inline_size = shared->location.inline_bytes ? shared->location.inline_bytes->size() : 0;
    table.put(ticket, key, shared, sizeof(model::Blob) + 2 * key.text.size() + 128 + inline_size);
    co_return shared;
}

}  // namespace

Task<Result<model::Blob>> Blobs::stat(const Call& call, const RepositoryRef& repository, const model::Digest& digest) {
    auto entered = co_await enter(services_, call, iam::action::batch_check_layer_availability, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto id = (*entered)->id;
    auto blob = co_await find(services_, repository, id, digest);
    if (!blob) co_return fail(std::move(blob));
    if (is_promised(services_, **blob)) co_return **blob;
    auto kept = co_await promise(services_, id, digest);
    if (!kept) co_return fail(std::move(kept));
    if (!*kept) co_return std::unexpected(blob_not_found(repository, digest));
    co_return **blob;
}

Task<Result<std::vector<LayerAvailability>>> Blobs::availability(const Call& call, RepositoryRef repository,
                                                                 std::vector<model::Digest> digests) {
    auto entered = co_await enter(services_, call, iam::action::batch_check_layer_availability, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto id = (*entered)->id;
    std::vector<model::Digest> unpromised;
    auto found =
        co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<LayerAvailability>> {
            std::vector<LayerAvailability> layers;
            for (const auto& digest : digests) {
                LayerAvailability layer{.digest = digest, .size = std::nullopt, .media_type = {}};
                if (const auto blob = tx.blobs().find(id, digest)) {
                    if (!is_promised(services_, *blob)) unpromised.push_back(digest);
                    layer.size = blob->size;
                    layer.archived = tx.blobs().archived(id, digest);
                    layer.media_type = std::string(model::media_type::docker_layer);
                }
                layers.push_back(std::move(layer));
            }
            return layers;
        });
    if (!found) co_return found;
    auto gone = co_await promise(services_, id, std::move(unpromised));
    if (!gone) co_return fail(std::move(gone));
    for (auto& layer : *found) {
        if (std::ranges::find(*gone, layer.digest) != gone->end()) {
            layer = {.digest = layer.digest, .size = std::nullopt, .media_type = {}};
        }
    }
    co_return found;
}

Task<Result<OpenBlob>> Blobs::open(const Call& call, const RepositoryRef& repository, const model::Digest& digest) {
    auto entered = co_await enter(services_, call, iam::action::get_download_url_for_layer, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto key = key_of((*entered)->id, digest.text());
    for (bool fresh = false;; fresh = true) {
        auto blob = co_await find(services_, repository, (*entered)->id, digest);
        if (!blob) co_return fail(std::move(blob));
        OpenBlob opened{.blob = **blob, .bytes = (*blob)->location.inline_bytes, .reader = nullptr};
        if (opened.bytes) co_return opened;
        auto reader = co_await services_.blobs.open((*blob)->location.key);
        if (reader) {
            opened.reader = std::move(*reader);
            co_return opened;
        }
        auto fault = std::move(reader).error();
        if (fault.kind == FaultKind::blob_not_found && !fresh) {
            services_.cache.blobs.drop(key);  // it may have been removed since it was looked up
            continue;
        }
        // The metadata says the bytes are here. That they are not is this server's fault, not the caller's.
        log::error("a blob's bytes cannot be read",
                   {{"digest", digest.text()}, {"key", (*blob)->location.key}, {"reason", fault.message}});
        if (fault.kind == FaultKind::blob_not_found) fault.kind = FaultKind::unavailable;
        co_return std::unexpected(std::move(fault));
    }
}

Task<Result<model::Blob>> Blobs::downloadable(const Call& call, RepositoryRef repository, model::Digest digest) {
    auto entered = co_await enter(services_, call, iam::action::get_download_url_for_layer, repository);
    if (!entered) co_return fail(std::move(entered));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<model::Blob> {
        auto blob = tx.blobs().find((*entered)->id, digest);
        if (!blob) return std::unexpected(blob_not_found(repository, digest));
        if (tx.blobs().archived((*entered)->id, digest)) {
            return fail(FaultKind::layer_inaccessible,
                        "The layer with digest '" + digest.text() + "' is part of archived images only");
        }
        if (!tx.blobs().referenced((*entered)->id, digest)) {
            return fail(FaultKind::layer_inaccessible, "The layer with digest '" + digest.text() +
                                                           "' is not part of any image in the repository with name '" +
                                                           repository.name.text() + "'");
        }
        return std::move(*blob);
    });
}

Task<Result<void>> Blobs::remove(const Call& call, RepositoryRef repository, model::Digest digest) {
    auto entered = co_await enter(services_, call, iam::action::batch_delete_image, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto id = (*entered)->id;
    auto removed = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        if (!tx.blobs().find(id, digest)) return std::unexpected(blob_not_found(repository, digest));
        if (!services_.settings.delete_referenced && tx.blobs().referenced(id, digest)) {
            return fail(FaultKind::blob_referenced,
                        "The layer with digest '" + digest.text() + "' is part of an image; delete the image first");
        }
        tx.blobs().unlink(id, digest, services_.clock.now());
        return {};
    });
    services_.cache.blobs.drop(key_of(id, digest.text()));
    co_return removed;
}

}  // namespace berth::registry
