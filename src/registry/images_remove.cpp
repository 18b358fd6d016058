// Deleting images and tags.
#include "registry/access.hpp"
#include "registry/events.hpp"
#include "registry/faults.hpp"
#include "registry/images.hpp"
#include "registry/promise.hpp"
#include "registry/read_cache.hpp"

#include <algorithm>
#include <iterator>

namespace berth::registry {

namespace {

// One call that deletes, from its first id to its last; what it took is what the caches must forget.
struct Removal {
    Services& services;
    store::Transaction& tx;
    const RepositoryRef& repository;
    model::RepositoryId id{};
    LastTag last_tag = LastTag::takes_the_image;
    std::vector<model::ImageIdentifier> taken;  // every (digest, tag) pair; no tag: the image itself
    std::vector<model::Digest> superfluous;     // blobs that no image needs any more
};

bool took(const Removal& removal, const model::ImageIdentifier& id) {
    return std::ranges::any_of(removal.taken, [&](const auto& gone) {
        return (!id.tag || gone.tag == id.tag) && (!id.digest || gone.digest == id.digest);
    });
}

void take(Removal& removal, std::vector<DeletedImage>& deleted, const model::Image& image, const model::Tag* tag) {
    model::ImageIdentifier id{.digest = image.digest, .tag = std::nullopt};
    if (tag != nullptr) id.tag = *tag;
    announce_image(removal.services, removal.tx, event::image_delete, removal.repository, image, tag);
    deleted.push_back({.id = id});
    removal.taken.push_back(std::move(id));
}

std::optional<Fault> check_unreferenced(Removal& removal, const model::Image& image) {
    if (removal.services.settings.delete_referenced) return std::nullopt;
    const auto parents = removal.tx.images().parents(removal.id, image.digest);
    if (parents.empty()) return std::nullopt;
    return image_referenced(parents);
}

Result<std::vector<DeletedImage>> remove_image(Removal& removal, const model::Image& image) {
    if (auto referenced = check_unreferenced(removal, image)) return std::unexpected(std::move(*referenced));
    auto tags = removal.tx.images().tags(image.id);
    auto superfluous = removal.tx.images().erase(image.id, next_review(removal.services));
    std::ranges::move(superfluous, std::back_inserter(removal.superfluous));
    std::vector<DeletedImage> deleted;
    if (tags.empty()) take(removal, deleted, image, nullptr);
    for (const auto& tag : tags) take(removal, deleted, image, &tag);
    return deleted;
}

Result<std::vector<DeletedImage>> remove_tag(Removal& removal, const model::Image& image, const model::Tag& tag) {
    if (removal.last_tag == LastTag::takes_the_image && removal.tx.images().count_tags(image.id) == 1) {
        return remove_image(removal, image);
    }
    removal.tx.images().erase_tag(removal.id, tag);
    std::vector<DeletedImage> deleted;
    take(removal, deleted, image, &tag);
    return deleted;
}

ImageFailure to_failure(const Fault& fault) {
    if (fault.kind == FaultKind::image_referenced) {
        return {.code = "ImageReferencedByManifestList", .reason = fault.message};
    }
    return {.code = "ImageNotFound", .reason = "Requested image not found"};
}

Images::DeletedOrFailure remove_one(Removal& removal, const model::ImageIdentifier& id) {
    auto image =
        id.tag ? removal.tx.images().find(removal.id, *id.tag) : removal.tx.images().find(removal.id, *id.digest);
    if (!image) {
        if (took(removal, id)) return std::vector<DeletedImage>{};
        return ImageFailure{.code = "ImageNotFound", .reason = "Requested image not found"};
    }
    if (id.digest && image->digest != *id.digest) {
        return ImageFailure{.code = "ImageTagDoesNotMatchDigest",
                            .reason = "Invalid request parameters: given tag does not map to the given digest"};
    }
    auto deleted = id.tag ? remove_tag(removal, *image, *id.tag) : remove_image(removal, *image);
    if (!deleted) return to_failure(deleted.error());
    return std::move(*deleted);
}

// What a call took, once its transaction is over.
struct Taken {
    std::vector<model::ImageIdentifier> ids;
    std::vector<model::Digest> superfluous;
};

Taken taken_by(Removal& removal) {
    return {.ids = std::move(removal.taken), .superfluous = std::move(removal.superfluous)};
}

void forget(ReadCache& cache, model::RepositoryId repository, const Taken& taken) {
    for (const auto& id : taken.ids) {
        if (id.digest) cache.manifests.drop(key_of(repository, id.digest->text()));
        if (id.tag) cache.tags.drop(key_of(repository, id.tag->text()));
    }
    if (!taken.ids.empty()) cache.tag_pages.drop(key_of(repository, ""));
    // Memory still says of these that an image needs them.
    for (const auto& digest : taken.superfluous) cache.blobs.drop(key_of(repository, digest.text()));
}

}  // namespace

Task<Result<std::vector<Images::DeletedOrFailure>>> Images::remove_batch(const Call& call, RepositoryRef repository,
                                                                         std::vector<model::ImageIdentifier> ids,
                                                                         LastTag last_tag) {
    auto entered = co_await enter(services_, call, iam::action::batch_delete_image, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto id = (*entered)->id;
    Taken taken;
    auto removed =
        co_await services_.metadata.write([&](store::Transaction& tx) -> Result<std::vector<DeletedOrFailure>> {
            Removal removal{.services = services_,
                            .tx = tx,
                            .repository = repository,
                            .id = id,
                            .last_tag = last_tag,
                            .taken = {},
                            .superfluous = {}};
            std::vector<DeletedOrFailure> results;
            for (const auto& wanted : ids) results.push_back(remove_one(removal, wanted));
            taken = taken_by(removal);
            return results;
        });
    if (removed) forget(services_.cache, id, taken);
    co_return removed;
}

Task<Result<void>> Images::remove(const Call& call, RepositoryRef repository, model::Reference reference) {
    auto entered = co_await enter(services_, call, iam::action::batch_delete_image, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto id = (*entered)->id;
    Taken taken;
    auto removed = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<std::vector<DeletedImage>> {
        Removal removal{.services = services_,
                        .tx = tx,
                        .repository = repository,
                        .id = id,
                        .last_tag = LastTag::leaves_the_image,
                        .taken = {},
                        .superfluous = {}};
        const auto* tag = std::get_if<model::Tag>(&reference);
        const auto image =
            tag != nullptr ? tx.images().find(id, *tag) : tx.images().find(id, std::get<model::Digest>(reference));
        if (!image) {
            model::ImageIdentifier wanted;
            if (tag != nullptr)
                wanted.tag = *tag;
            else
                wanted.digest = std::get<model::Digest>(reference);
            return std::unexpected(image_not_found(repository, wanted));
        }
        auto deleted = tag != nullptr ? remove_tag(removal, *image, *tag) : remove_image(removal, *image);
        taken = taken_by(removal);
        return deleted;
    });
    if (!removed) co_return fail(std::move(removed));
    forget(services_.cache, id, taken);
    co_return Result<void>{};
}

}  // namespace berth::registry
