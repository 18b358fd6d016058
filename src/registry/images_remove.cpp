// Deleting images and tags.
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/images.hpp"
#include "registry/removal.hpp"

#include <algorithm>

namespace berth::registry {

namespace {

bool took(const Removal& removal, const model::ImageIdentifier& id) {
    return std::ranges::any_of(removal.taken().pairs, [&](const auto& gone) {
        return (!id.tag || gone.tag == id.tag) && (!id.digest || gone.digest == id.digest);
    });
}

ImageFailure to_failure(const Fault& fault) {
    if (fault.kind == FaultKind::image_referenced) {
        return {.code = "ImageReferencedByManifestList", .reason = fault.message};
    }
    return {.code = "ImageNotFound", .reason = "Requested image not found"};
}

Images::DeletedOrFailure remove_one(Removal& removal, store::Transaction& tx, model::RepositoryId repository,
                                    const model::ImageIdentifier& id, LastTag last_tag) {
    auto image = find_image(tx, repository, id);
    if (!image) {
        if (took(removal, id)) return std::vector<DeletedImage>{};
        return ImageFailure{.code = "ImageNotFound", .reason = "Requested image not found"};
    }
    if (id.digest && image->digest != *id.digest) {
        return ImageFailure{.code = "ImageTagDoesNotMatchDigest",
                            .reason = "Invalid request parameters: given tag does not map to the given digest"};
    }
    auto deleted = id.tag ? removal.tag(*image, *id.tag, last_tag) : removal.image(*image);
    if (!deleted) return to_failure(deleted.error());
    return std::move(*deleted);
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
            Removal removal(services_, tx, repository, id, model::by_principal(call.principal.arn));
            std::vector<DeletedOrFailure> results;
            results.reserve(ids.size());
            for (const auto& wanted : ids) results.push_back(remove_one(removal, tx, id, wanted, last_tag));
            taken = removal.taken();
            return results;
        });
    if (removed) forget_removed(services_.cache, id, taken);
    co_return removed;
}

Task<Result<void>> Images::remove(const Call& call, RepositoryRef repository, model::Reference reference) {
    auto entered = co_await enter(services_, call, iam::action::batch_delete_image, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto id = (*entered)->id;
    Taken taken;
    auto removed = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<std::vector<DeletedImage>> {
        Removal removal(services_, tx, repository, id, model::by_principal(call.principal.arn));
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
        auto deleted = tag != nullptr ? removal.tag(*image, *tag, LastTag::leaves_the_image) : removal.image(*image);
        taken = removal.taken();
        return deleted;
    });
    if (!removed) co_return fail(std::move(removed));
    forget_removed(services_.cache, id, taken);
    co_return Result<void>{};
}

}  // namespace berth::registry
