// Getting manifests: one at a time, from memory where possible, and in batches.
#include "oci/convert.hpp"
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/images.hpp"
#include "registry/pull_recorder.hpp"
#include "registry/read_cache.hpp"

#include <algorithm>

namespace berth::registry {

namespace {

using Stored = std::shared_ptr<const StoredManifest>;

constexpr std::size_t most_bytes_at_once = std::size_t{32} << 20;  // of the manifests of one batch

const std::string& text_of(const model::Reference& reference) {
    return std::visit([](const auto& name) -> const std::string& { return name.text(); }, reference);
}

model::ImageIdentifier identifier_of(const model::Reference& reference) {
    model::ImageIdentifier id;
    if (const auto* tag = std::get_if<model::Tag>(&reference)) id.tag = *tag;
    if (const auto* digest = std::get_if<model::Digest>(&reference)) id.digest = *digest;
    return id;
}

std::optional<model::Image> find(store::Transaction& tx, model::RepositoryId repository,
                                 const model::Reference& reference) {
    return std::visit([&](const auto& name) { return tx.images().find(repository, name); }, reference);
}

CacheTable<StoredManifest>& table_for(ReadCache& cache, const model::Reference& reference) {
    return std::holds_alternative<model::Tag>(reference) ? cache.tags : cache.manifests;
}

Task<Result<Stored>> load(Services& services, const RepositoryRef& repository, model::RepositoryId id,
                          const model::Reference& reference) {
    auto& table = table_for(services.cache, reference);
    const auto key = key_of(id, text_of(reference));
    const auto ticket = table.ticket(key);
    auto found = co_await services.metadata.read([&](store::Transaction& tx) -> Result<Stored> {
        const auto image = find(tx, id, reference);
        if (!image || image->status != model::ImageStatus::active) {
            return std::unexpected(image_not_found(repository, identifier_of(reference)));
        }
        auto stored = std::make_shared<StoredManifest>();
        stored->image = image->id;
        stored->digest = image->digest;
        stored->media_type = image->media_type;
        stored->bytes = std::make_shared<const std::string>(tx.images().manifest(image->id));
        return Stored(std::move(stored));
    });
    if (found) table.put(ticket, key, *found, sizeof(StoredManifest) + key.text.size() + (*found)->bytes->size() + 256);
    co_return found;
}

// What one id of a batch call names: the image, and the tags to show it under.
struct Named {
    model::Image image;
    std::vector<model::Tag> tags;
};

std::variant<Named, ImageFailure> resolve(store::Transaction& tx, model::RepositoryId repository,
                                          const model::ImageIdentifier& id) {
    ImageFailure missing{.code = "ImageNotFound", .reason = "Requested image not found"};
    auto image = find_image(tx, repository, id);
    if (!image) return missing;
    if (id.digest && image->digest != *id.digest) {
        return ImageFailure{.code = "ImageTagDoesNotMatchDigest",
                            .reason = "Invalid request parameters: given tag does not map to the given digest"};
    }
    if (id.tag) return Named{.image = std::move(*image), .tags = {*id.tag}};
    auto tags = tx.images().tags(image->id);
    return Named{.image = std::move(*image), .tags = std::move(tags)};
}

// The manifest in a form the caller accepts, with its media type; nullopt when there is none. Only what was asked for
// by tag is converted: a digest names exact bytes.
struct Shown {
    std::string bytes;
    std::string media_type;
};
std::optional<Shown> show(std::string bytes, const std::string& media_type, std::span<const std::string> accepted,
                          bool by_tag) {
    if (accepted.empty() || std::ranges::find(accepted, media_type) != accepted.end()) {
        return Shown{.bytes = std::move(bytes), .media_type = media_type};
    }
    if (!by_tag) return std::nullopt;
    for (const auto& wanted : accepted) {
        if (auto converted = oci::convert_manifest(bytes, media_type, wanted)) {
            return Shown{.bytes = std::move(*converted), .media_type = wanted};
        }
    }
    return std::nullopt;
}

// One batch may name a hundred images, and an image a thousand tags with its manifest once for each: `room` is what
// is left of most_bytes_at_once.
Result<Images::FoundOrFailure> find_one(store::Transaction& tx, model::RepositoryId repository,
                                        const model::ImageIdentifier& id, std::span<const std::string> accepted,
                                        std::size_t& room) {
    auto resolved = resolve(tx, repository, id);
    if (auto* failure = std::get_if<ImageFailure>(&resolved)) return std::move(*failure);
    auto& named = std::get<Named>(resolved);
    ImageFailure missing{.code = "ImageNotFound", .reason = "Requested image not found"};
    if (named.image.status != model::ImageStatus::active) return missing;
    auto shown = show(tx.images().manifest(named.image.id), named.image.media_type, accepted, id.tag.has_value());
    if (!shown) return missing;
    const auto needed = shown->bytes.size() * std::max<std::size_t>(1, named.tags.size());
    if (needed > room) {
        return fail(FaultKind::limit_exceeded, "The manifests of these images have more than " +
                                                   std::to_string(most_bytes_at_once) +
                                                   " bytes together; ask for fewer at once, or for one tag each");
    }
    room -= needed;
    std::vector<FoundImage> found;
    const auto add = [&](std::optional<model::Tag> tag) {
        found.push_back({.image = named.image.id,
                         .id = {.digest = named.image.digest, .tag = std::move(tag)},
                         .manifest = shown->bytes,
                         .media_type = shown->media_type});
    };
    if (named.tags.empty()) add(std::nullopt);
    for (const auto& tag : named.tags) add(tag);
    return found;
}

}  // namespace

Task<Result<Stored>> Images::get(const Call& call, const RepositoryRef& repository, const model::Reference& reference,
                                 Pull counts_as_pull) {
    auto entered = co_await enter(services_, call, iam::action::batch_get_image, repository);
    if (!entered) co_return fail(std::move(entered));
    const auto id = (*entered)->id;
    auto stored = table_for(services_.cache, reference).find(key_of(id, text_of(reference)));
    if (!stored) {
        auto loaded = co_await load(services_, repository, id, reference);
        if (!loaded) co_return fail(std::move(loaded));
        stored = std::move(*loaded);
    }
    if (counts_as_pull == Pull::yes) note_pull(*stored);
    co_return stored;
}

void Images::note_pull(const StoredManifest& manifest) {
    const auto now = services_.clock.now();
    const auto milliseconds = now.time_since_epoch().count();
    auto last = manifest.pull_noted_ms.load(std::memory_order_relaxed);
    const auto resolution = std::chrono::milliseconds(PullRecorder::resolution).count();
    if (milliseconds - last < resolution) return;
    if (!manifest.pull_noted_ms.compare_exchange_strong(last, milliseconds, std::memory_order_relaxed)) return;
    services_.pulls.note(manifest.image, now);
}

Task<Result<std::vector<Images::FoundOrFailure>>> Images::get_batch(const Call& call, RepositoryRef repository,
                                                                    std::vector<model::ImageIdentifier> ids,
                                                                    std::vector<std::string> accepted_media_types) {
    auto entered = co_await enter(services_, call, iam::action::batch_get_image, repository);
    if (!entered) co_return fail(std::move(entered));
    auto found = co_await services_.metadata.read([&](store::Transaction& tx) -> Result<std::vector<FoundOrFailure>> {
        std::vector<FoundOrFailure> results;
        results.reserve(ids.size());
        auto room = most_bytes_at_once;
        for (const auto& id : ids) {
            auto one = find_one(tx, (*entered)->id, id, accepted_media_types, room);
            if (!one) return fail(std::move(one));
            results.push_back(std::move(*one));
        }
        return results;
    });
    if (!found) co_return found;
    for (const auto& result : *found) {
        const auto* images = std::get_if<std::vector<FoundImage>>(&result);
        if (images != nullptr) services_.pulls.note(images->front().image, services_.clock.now());
    }
    co_return found;
}

}  // namespace berth::registry
