// Listing and describing images. Every list is a page; nothing grows with the repository.
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/images.hpp"
#include "registry/read_cache.hpp"
#include "registry/scan_requests.hpp"

#include <algorithm>

namespace berth::registry {

namespace {

std::optional<model::Image> find(store::Transaction& tx, model::RepositoryId repository,
                                 const model::ImageIdentifier& id) {
    auto image = find_image(tx, repository, id);
    if (image && id.digest && image->digest != *id.digest) return std::nullopt;
    return image;
}

std::size_t cost_of(const TagNames& names) {
    std::size_t cost = sizeof(TagNames);
    for (const auto& name : names) cost += sizeof(std::string) + name.size();
    return cost;
}

}  // namespace

Task<Result<std::shared_ptr<const TagNames>>> Images::tag_page(const Call& call, const RepositoryRef& repository,
                                                               std::string_view after, std::size_t limit) {
    auto entered = co_await enter(services_, call, iam::action::list_images, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto id = (*entered)->id;
    // Only the page everybody asks for is kept: the first, as long as pages get.
    const bool keep = after.empty() && limit == ReadCache::max_tag_page;
    const auto key = key_of(id, "");
    if (keep) {
        if (auto cached = services_.cache.tag_pages.find(key)) co_return cached;
    }
    const auto ticket = services_.cache.tag_pages.ticket(key);
    auto names = co_await services_.metadata.read(
        [&](store::Transaction& tx) -> Result<TagNames> { return tx.images().tag_page(id, after, limit); });
    if (!names) co_return fail(std::move(names));
    auto page = std::make_shared<const TagNames>(std::move(*names));
    if (keep) services_.cache.tag_pages.put(ticket, key, page, cost_of(*page));
    co_return page;
}

Task<Result<std::vector<store::ImageEntry>>> Images::entry_page(const Call& call, RepositoryRef repository,
                                                                store::ImageFilter filter,
                                                                store::ImageEntryPosition after, std::size_t limit) {
    auto entered = co_await enter(services_, call, iam::action::list_images, repository);
    if (!entered) co_return fail(std::move(entered));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::ImageEntry>> {
        return tx.images().entry_page((*entered)->id, filter, after, limit);
    });
}

Task<Result<std::vector<store::TaggedImage>>> Images::page(const Call& call, RepositoryRef repository,
                                                           store::ImageFilter filter, std::string after_digest,
                                                           std::size_t limit) {
    auto entered = co_await enter(services_, call, iam::action::describe_images, repository);
    if (!entered) co_return fail(std::move(entered));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::TaggedImage>> {
        auto page = tx.images().page((*entered)->id, filter, after_digest, limit);
        const auto type = scanning_configuration(tx, repository.registry).type;
        for (auto& tagged : page) tagged.scan = current_scan(tx, type, tagged.image.id);
        return page;
    });
}

Task<Result<std::vector<store::TaggedImage>>> Images::describe(const Call& call, RepositoryRef repository,
                                                               std::vector<model::ImageIdentifier> ids) {
    auto entered = co_await enter(services_, call, iam::action::describe_images, repository);
    if (!entered) co_return fail(std::move(entered));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<store::TaggedImage>> {
        std::vector<store::TaggedImage> described;
        for (const auto& id : ids) {
            auto image = find(tx, (*entered)->id, id);
            if (!image) return std::unexpected(image_not_found(repository, id));
            const bool seen =
                std::ranges::any_of(described, [&](const auto& other) { return other.image.id == image->id; });
            if (seen) continue;
            auto tags = tx.images().tags(image->id);
            described.push_back({.image = std::move(*image), .tags = std::move(tags)});
        }
        const auto type = scanning_configuration(tx, repository.registry).type;
        for (auto& tagged : described) tagged.scan = current_scan(tx, type, tagged.image.id);
        return described;
    });
}

Task<Result<std::vector<model::Image>>> Images::referrers(const Call& call, RepositoryRef repository,
                                                          model::Digest subject, std::string artifact_type,
                                                          std::string after_digest, std::size_t limit) {
    auto entered = co_await enter(services_, call, iam::action::batch_get_image, repository);
    if (!entered) co_return fail(std::move(entered));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<model::Image>> {
        return tx.images().referrers((*entered)->id, subject, artifact_type, after_digest, limit);
    });
}

}  // namespace berth::registry
