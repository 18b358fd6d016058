#include "registry/storage_classes.hpp"

#include "registry/access.hpp"
#include "registry/events.hpp"
#include "registry/faults.hpp"
#include "registry/followers.hpp"
#include "registry/job_bell.hpp"
#include "registry/on_demand_jobs.hpp"
#include "registry/read_cache.hpp"
#include "registry/scan_requests.hpp"

#include <utility>

namespace berth::registry {

namespace {

using model::ImageStatus;

Result<model::Image> find_image(store::Transaction& tx, const RepositoryRef& repository, model::RepositoryId in,
                                const model::ImageIdentifier& id) {
    auto image = registry::find_image(tx, in, id);
    if (!image || (id.digest && image->digest != *id.digest)) return std::unexpected(image_not_found(repository, id));
    return std::move(*image);
}

StatusChange set_status(store::Transaction& tx, const model::Image& image, ImageStatus status, Timestamp now) {
    StatusChange change{
        .image = image, .tags = tx.images().tags(image.id), .blobs = tx.images().blobs(image.id), .scan_waits = false};
    tx.images().set_status(image.id, status, now);
    change.image.status = status;
    if (status == ImageStatus::archived) change.image.last_archived_at = now;
    if (status == ImageStatus::active) change.image.last_activated_at = now;
    return change;
}

}  // namespace

void forget_status(ReadCache& cache, const StatusChange& change) {
    const auto repository = change.image.repository;
    cache.manifests.drop(key_of(repository, change.image.digest.text()));
    for (const auto& tag : change.tags) cache.tags.drop(key_of(repository, tag.text()));
    for (const auto& blob : change.blobs) cache.blobs.drop(key_of(repository, blob.text()));
    cache.tag_pages.drop(key_of(repository, ""));
}

Result<StatusChange> archive_image(Services& services, store::Transaction& tx, const RepositoryRef& repository,
                                   const model::Image& image, const model::Cause& cause) {
    std::vector<model::Digest> standing;
    for (const auto& parent : tx.images().parents(image.repository, image.digest)) {
        const auto index = tx.images().find(image.repository, parent);
        if (index && index->status != ImageStatus::archived) standing.push_back(parent);
    }
    if (!standing.empty()) return std::unexpected(image_referenced(standing));
    expect_followers(services, tx, image, store::Way::to_archive, cause);
    auto change = set_status(tx, image, ImageStatus::archived, services.clock.now());
    announce_image(services, tx, event::image_archive, repository, image, nullptr, cause);
    return change;
}

StatusChange activate_image(Services& services, store::Transaction& tx, const RepositoryRef& repository,
                            const model::Image& image) {
    expect_followers(services, tx, image, store::Way::back, {});
    auto change = set_status(tx, image, ImageStatus::active, services.clock.now());
    announce_image(services, tx, event::image_activate, repository, image, nullptr);
    tx.scans().erase(image.id);  // what it said may be long out of date
    change.scan_waits = expect_scan(services, tx, change.image);
    return change;
}

Task<Result<model::Image>> StorageClasses::update(const Call& call, RepositoryRef repository, model::ImageIdentifier id,
                                                  StorageClass target) {
    auto entered = co_await enter(services_, call, iam::action::update_image_storage_class, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto now = services_.clock.now();
    auto changed = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<StatusChange> {
        auto image = find_image(tx, repository, (*entered)->id, id);
        if (!image) return fail(std::move(image));
        const auto wanted = target == StorageClass::archive ? ImageStatus::active : ImageStatus::archived;
        if (image->status != wanted) return std::unexpected(storage_class_fixed(*image));
        if (target == StorageClass::archive) {
            auto archived = archive_image(services_, tx, repository, *image, model::by_principal(call.principal.arn));
            if (!archived) archived.error().kind = FaultKind::storage_class_fixed;
            return archived;
        }
        enqueue(services_, tx, job::image_activation, static_cast<std::int64_t>(image->id),
                now + services_.settings.lifecycle.restore_delay);
        return set_status(tx, *image, ImageStatus::activating, now);
    });
    if (!changed) co_return fail(std::move(changed));
    forget_status(services_.cache, *changed);
    services_.bell.ring();
    co_return std::move(changed->image);
}

Task<Result<void>> StorageClasses::activate(model::ImageRowId id) {
    auto changed =
        co_await services_.metadata.write([&](store::Transaction& tx) -> Result<std::optional<StatusChange>> {
            const auto image = tx.images().find(id);
            if (!image || image->status != ImageStatus::activating) return std::nullopt;
            const auto repository = tx.repositories().find(image->repository);
            if (!repository) return std::nullopt;
            return activate_image(services_, tx, {.registry = repository->registry, .name = repository->name}, *image);
        });
    if (!changed) co_return fail(std::move(changed));
    if (const auto& change = *changed) {
        forget_status(services_.cache, *change);
        if (change->scan_waits) services_.bell.ring_for_scan();
        services_.bell.ring();  // for its followers
    }
    co_return Result<void>{};
}

}  // namespace berth::registry
