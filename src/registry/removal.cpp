#include "registry/removal.hpp"

#include "registry/events.hpp"
#include "registry/faults.hpp"
#include "registry/followers.hpp"
#include "registry/promise.hpp"
#include "registry/read_cache.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace berth::registry {

Removal::Removal(Services& services, store::Transaction& tx, const RepositoryRef& repository, model::RepositoryId id,
                 model::Cause cause)
    : services_(services), tx_(tx), repository_(repository), id_(id), cause_(std::move(cause)) {}

void Removal::take(std::vector<DeletedImage>& deleted, const model::Image& image, const model::Tag* tag) {
    model::ImageIdentifier id{.digest = image.digest, .tag = std::nullopt};
    if (tag != nullptr) id.tag = *tag;
    announce_image(services_, tx_, event::image_delete, repository_, image, tag, cause_);
    deleted.push_back({.id = id});
    taken_.pairs.push_back(std::move(id));
}

// A call may take an image tag by tag: it goes to the bin with all of them.
std::vector<model::Tag> Removal::tags_taken_from(const model::Image& image) const {
    std::vector<model::Tag> tags;
    for (const auto& id : taken_.pairs) {
        if (id.digest == image.digest && id.tag) tags.push_back(*id.tag);
    }
    return tags;
}

Result<std::vector<DeletedImage>> Removal::image(const model::Image& image) {
    if (!services_.settings.delete_referenced) {
        const auto parents = tx_.images().parents(id_, image.digest);
        if (!parents.empty()) return std::unexpected(image_referenced(parents));
    }
    const auto tags = tx_.images().tags(image.id);
    expect_followers(services_, tx_, image, store::Way::out, cause_);
    if (services_.settings.recycle_bin.count() > 0) {
        tx_.bin().put(image.id, tags_taken_from(image), cause_, services_.clock.now());
    } else {
        auto unneeded = tx_.images().erase(image.id, next_review(services_));
        std::ranges::move(unneeded, std::back_inserter(taken_.superfluous));
    }
    std::vector<DeletedImage> deleted;
    if (tags.empty()) take(deleted, image, nullptr);
    for (const auto& tag : tags) take(deleted, image, &tag);
    return deleted;
}

Result<std::vector<DeletedImage>> Removal::tag(const model::Image& image, const model::Tag& tag, LastTag last_tag) {
    if (last_tag == LastTag::takes_the_image && tx_.images().count_tags(image.id) == 1) return this->image(image);
    tx_.images().erase_tag(id_, tag);
    std::vector<DeletedImage> deleted;
    take(deleted, image, &tag);
    return deleted;
}

void forget_removed(ReadCache& cache, model::RepositoryId repository, const Taken& taken) {
    for (const auto& id : taken.pairs) {
        if (id.digest) cache.manifests.drop(key_of(repository, id.digest->text()));
        if (id.tag) cache.tags.drop(key_of(repository, id.tag->text()));
    }
    if (!taken.pairs.empty()) cache.tag_pages.drop(key_of(repository, ""));
    forget_needed(cache, repository, taken.superfluous);
}

void forget_needed(ReadCache& cache, model::RepositoryId repository, std::span<const model::Digest> superfluous) {
    for (const auto& digest : superfluous) cache.blobs.drop(key_of(repository, digest.text()));
}

}  // namespace berth::registry
