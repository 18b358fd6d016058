#include "registry/recycle_bin.hpp"

#include "registry/access.hpp"
#include "registry/events.hpp"
#include "registry/job_bell.hpp"
#include "registry/promise.hpp"
#include "registry/read_cache.hpp"
#include "registry/removal.hpp"
#include "registry/restoration.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace berth::registry {

namespace {

constexpr std::size_t purge_batch = 500;

// Takes one image out of the bin for good, and says so.
std::vector<DeletedImage> purge_one(Services& services, store::Transaction& tx, const RepositoryRef& repository,
                                    const store::BinnedImage& binned, const model::Cause& cause,
                                    std::vector<model::Digest>& superfluous) {
    auto unneeded = tx.bin().erase(binned.image.id, next_review(services), services.clock.now());
    std::ranges::move(unneeded, std::back_inserter(superfluous));
    announce_image(services, tx, event::image_purge, repository, binned.image, nullptr, cause);
    std::vector<DeletedImage> gone;
    gone.reserve(binned.tags.size());
    for (const auto& tag : binned.tags) gone.push_back({.id = {.digest = binned.image.digest, .tag = tag}});
    if (gone.empty()) gone.push_back({.id = {.digest = binned.image.digest, .tag = std::nullopt}});
    return gone;
}

}  // namespace

Task<Result<std::vector<store::BinEntry>>> RecycleBin::page(const Call& call, model::Registry registry,
                                                            std::optional<model::RepositoryName> repository,
                                                            store::BinPosition after, std::size_t limit) {
    if (!repository) {
        auto allowed = co_await require(services_, call, iam::action::list_deleted_images, registry);
        if (!allowed) co_return fail(std::move(allowed));
        co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::BinEntry>> {
            return tx.bin().page(registry, after, limit);
        });
    }
    const RepositoryRef ref{.registry = std::move(registry), .name = std::move(*repository)};
    auto entered = co_await enter(services_, call, iam::action::list_deleted_images, ref);
    if (!entered) co_return fail(std::move(entered));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::BinEntry>> {
        std::vector<store::BinEntry> entries;
        for (auto& binned : tx.bin().page((*entered)->id, after, limit)) {
            entries.push_back({.repository = ref.name, .binned = std::move(binned)});
        }
        return entries;
    });
}

Task<Result<std::vector<RecycleBin::RestoredOrFailure>>> RecycleBin::restore(const Call& call, RepositoryRef repository,
                                                                             std::vector<model::ImageIdentifier> ids,
                                                                             TagConflict tag_conflict) {
    auto allowed = co_await require(services_, call, iam::action::restore_images, repository);
    if (!allowed) co_return fail(std::move(allowed));
    model::RepositoryId id{};
    std::vector<DeletedImage> changed;
    bool scan_waits = false;
    auto results =
        co_await services_.metadata.write([&](store::Transaction& tx) -> Result<std::vector<RestoredOrFailure>> {
            auto row = find_repository(tx, repository);
            if (!row) return fail(std::move(row));
            id = row->id;
            Restoration restoration(services_, tx, repository, *row, model::by_principal(call.principal.arn),
                                    tag_conflict);
            std::vector<RestoredOrFailure> outcome;
            outcome.reserve(ids.size());
            for (const auto& wanted : ids) outcome.push_back(restoration.restore(wanted));
            changed = restoration.restored();
            scan_waits = restoration.scan_waits();
            return outcome;
        });
    if (!results) co_return results;
    if (scan_waits) services_.bell.ring_for_scan();
    for (const auto& pair : changed) {
        if (pair.id.tag) services_.cache.tags.drop(key_of(id, pair.id.tag->text()));
    }
    if (!changed.empty()) services_.cache.tag_pages.drop(key_of(id, ""));
    co_return results;
}

Task<Result<std::vector<Images::DeletedOrFailure>>> RecycleBin::purge(const Call& call, RepositoryRef repository,
                                                                      std::vector<model::ImageIdentifier> ids) {
    auto entered = co_await enter(services_, call, iam::action::purge_deleted_images, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto cause = model::by_principal(call.principal.arn);
    std::vector<model::Digest> superfluous;
    auto purged =
        co_await services_.metadata.write([&](store::Transaction& tx) -> Result<std::vector<Images::DeletedOrFailure>> {
            superfluous.clear();
            std::vector<Images::DeletedOrFailure> results;
            std::vector<DeletedImage> gone;
            for (const auto& wanted : ids) {
                auto found = find_binned(tx, (*entered)->id, wanted);
                if (auto* binned = std::get_if<store::BinnedImage>(&found)) {
                    auto pairs = purge_one(services_, tx, repository, *binned, cause, superfluous);
                    gone.insert(gone.end(), pairs.begin(), pairs.end());
                    results.emplace_back(std::move(pairs));
                } else if (includes(gone, wanted)) {
                    results.emplace_back(std::vector<DeletedImage>{});
                } else {
                    results.emplace_back(std::get<ImageFailure>(std::move(found)));
                }
            }
            return results;
        });
    forget_needed(services_.cache, (*entered)->id, superfluous);
    co_return purged;
}

Task<Result<RecycleBin::Purged>> RecycleBin::purge_all(const Call& call, RepositoryRef repository) {
    auto entered = co_await enter(services_, call, iam::action::purge_deleted_images, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto cause = model::by_principal(call.principal.arn);
    std::vector<model::Digest> superfluous;
    auto done = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<Purged> {
        superfluous.clear();
        Purged purged;
        const auto batch = tx.bin().page((*entered)->id, {}, purge_batch);
        for (const auto& binned : batch) {
            for (auto& gone : purge_one(services_, tx, repository, binned, cause, superfluous)) {
                purged.images.push_back(std::move(gone));
            }
        }
        purged.more = batch.size() == purge_batch;
        return purged;
    });
    forget_needed(services_.cache, (*entered)->id, superfluous);
    co_return done;
}

Task<Result<std::size_t>> RecycleBin::empty(std::size_t limit) {
    const auto now = services_.clock.now();
    const auto before = now - services_.settings.recycle_bin;
    std::vector<store::HeldBlob> superfluous;
    auto purged = co_await services_.metadata.write(
        [&](store::Transaction& tx) -> Result<std::size_t> {
            superfluous.clear();
            const auto due = tx.bin().due(before, limit);
            for (const auto& image : due) {
                for (auto& digest : tx.bin().erase(image.id, next_review(services_), now)) {
                    superfluous.push_back({.repository = image.repository, .digest = std::move(digest)});
                }
                // What a deleted repository had went with it, and is not told image by image.
                const auto repository = tx.repositories().find(image.repository);
                if (!repository) continue;
                announce_image(services_, tx, event::image_purge,
                               {.registry = repository->registry, .name = repository->name}, image, nullptr);
            }
            return due.size();
        },
        store::Durability::relaxed);
    if (!purged) co_return purged;
    for (const auto& [repository, digest] : superfluous) {
        services_.cache.blobs.drop(key_of(repository, digest.text()));
    }
    co_return purged;
}

}  // namespace berth::registry
