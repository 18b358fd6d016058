// Mounting: a blob of one repository becomes part of another without a byte being sent.
#include "registry/access.hpp"
#include "registry/promise.hpp"
#include "registry/uploads.hpp"

namespace berth::registry {

namespace {

constexpr std::size_t candidates = 16;  // how many holders are asked for when the client names none

Task<Result<std::vector<RepositoryRef>>> holders(Services& services, const model::Registry& registry,
                                                 const model::Digest& digest) {
    co_return co_await services.metadata.read([&](store::Transaction& tx) -> Result<std::vector<RepositoryRef>> {
        std::vector<RepositoryRef> found;
        for (auto& holder : tx.blobs().holders(registry, digest, candidates)) {
            found.push_back({.registry = registry, .name = std::move(holder.name)});
        }
        return found;
    });
}

}  // namespace

Task<Result<std::optional<model::Blob>>> Uploads::mount(const Call& call, RepositoryRef repository,
                                                        model::Digest digest,
                                                        std::optional<model::RepositoryName> from) {
    auto entered = co_await enter(services_, call, iam::action::initiate_layer_upload, repository);
    if (!entered) co_return fail(std::move(entered));
    if (!services_.settings.blob_mounting) co_return std::optional<model::Blob>();
    std::vector<RepositoryRef> sources;
    if (from) {
        sources.push_back({.registry = repository.registry, .name = std::move(*from)});
    } else {
        auto found = co_await holders(services_, repository.registry, digest);
        if (!found) co_return fail(std::move(found));
        sources = std::move(*found);
    }
    for (const auto& source : sources) {
        auto readable = co_await enter(services_, call, iam::action::get_download_url_for_layer, source);
        if (!readable) continue;  // as if it were not there; the client uploads
        const auto source_id = (*readable)->id;
        auto linked =
            co_await services_.metadata.write([&](store::Transaction& tx) -> Result<std::optional<model::Blob>> {
                auto target = find_repository(tx, repository);
                if (!target) return fail(std::move(target));
                auto blob = tx.blobs().find(source_id, digest);
                if (blob) tx.blobs().link(target->id, digest, services_.clock.now(), next_review(services_));
                return blob;
            });
        if (!linked || *linked) co_return linked;
    }
    co_return std::optional<model::Blob>();
}

}  // namespace berth::registry
