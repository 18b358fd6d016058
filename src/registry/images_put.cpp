// Putting an image: everything that must hold is checked in the transaction that stores it.
#include "oci/manifest.hpp"
#include "registry/access.hpp"
#include "registry/events.hpp"
#include "registry/faults.hpp"
#include "registry/governing_policy.hpp"
#include "registry/images.hpp"
#include "registry/job_bell.hpp"
#include "registry/read_cache.hpp"
#include "registry/scan_requests.hpp"
#include "registry/storage_classes.hpp"
#include "registry/tag_mutability.hpp"

#include <algorithm>

namespace berth::registry {

namespace {

// One put, from the parsed manifest to the rows; lives in put()'s frame.
struct Put {
    Services& services;
    const RepositoryRef& repository;
    const NewManifest& request;
    const oci::Manifest& manifest;
    model::Digest digest;
    Timestamp now;
    model::ImageRowId new_row{};
};

Result<void> check_blobs(const Put& put, store::Transaction& tx, model::RepositoryId repository) {
    if (put.services.settings.missing_blobs == Missing::accept) return {};
    std::vector<model::Digest> missing;
    for (const auto& blob : put.manifest.blobs) {
        if (!tx.blobs().find(repository, blob.digest)) missing.push_back(blob.digest);
    }
    if (!missing.empty()) return std::unexpected(layers_not_found(put.repository, missing));
    return {};
}

// The size of an index is that of its largest child.
Result<std::uint64_t> check_children(const Put& put, store::Transaction& tx, model::RepositoryId repository) {
    std::vector<model::Digest> missing;
    std::uint64_t largest = 0;
    for (const auto& child : put.manifest.children) {
        if (const auto found = tx.images().find(repository, child.digest)) {
            largest = std::max(largest, found->image_size);
        } else {
            missing.push_back(child.digest);
        }
    }
    if (!missing.empty() && put.services.settings.missing_children == Missing::refuse) {
        return std::unexpected(referenced_images_not_found(put.repository, missing));
    }
    return largest;
}

Result<model::Image> insert(const Put& put, store::Transaction& tx, model::RepositoryId repository) {
    auto blobs = check_blobs(put, tx, repository);
    if (!blobs) return fail(std::move(blobs));
    auto largest_child = check_children(put, tx, repository);
    if (!largest_child) return fail(std::move(largest_child));

    store::NewImage added;
    auto& image = added.image;
    image.id = put.new_row;
    image.repository = repository;
    image.digest = put.digest;
    image.media_type = put.manifest.media_type;
    image.artifact_type = put.manifest.artifact_type;
    image.manifest_size = put.request.bytes.size();
    image.image_size = put.manifest.kind == oci::ManifestKind::index ? *largest_child : put.manifest.content_size;
    if (put.manifest.subject) image.subject = put.manifest.subject->digest;
    image.annotations_json = put.manifest.annotations_json;
    image.pushed_at = put.now;
    added.manifest = put.request.bytes;
    added.blobs = put.manifest.blobs;
    for (const auto& child : put.manifest.children) added.children.push_back(child.digest);
    tx.images().insert(added);
    return image;
}

// What the same digest under the same tag (or without one) means; tag is null when pushed by digest.
Result<void> check_same(const Put& put, const model::Repository& repository, const model::Tag* tag) {
    if (put.request.same_push == SamePush::is_an_error) {
        return std::unexpected(image_exists(put.repository, put.digest, tag));
    }
    const bool refused = tag != nullptr && put.services.settings.immutable_repush == Repush::refuse &&
                         is_immutable(repository.tag_mutability, tag->text());
    if (refused) return std::unexpected(tag_immutable(put.repository, *tag, repository.tag_mutability));
    return {};
}

// Out of the archive again: what a push of the same digest means for an image that cannot be pulled.
enum class Restored : bool { no, yes };

// Creates or moves the tags; which ones really changed comes back.
Result<std::vector<const model::Tag*>> put_tags(const Put& put, store::Transaction& tx,
                                                const model::Repository& repository, const model::Image& image,
                                                Restored restored) {
    std::vector<const model::Tag*> changed;
    for (const auto& tag : put.request.tags) {
        const auto current = tx.images().find(repository.id, tag);
        if (current && current->id == image.id) {
            if (restored == Restored::yes) continue;
            auto same = check_same(put, repository, &tag);
            if (!same) return fail(std::move(same));
            continue;
        }
        if (current && is_immutable(repository.tag_mutability, tag.text())) {
            return std::unexpected(tag_immutable(put.repository, tag, repository.tag_mutability));
        }
        tx.images().put_tag(repository.id, tag, image.id, put.now);
        changed.push_back(&tag);
    }
    const auto limit = put.services.settings.tags_per_image;
    if (!changed.empty() && tx.images().count_tags(image.id) > limit) {
        return fail(FaultKind::limit_exceeded, "The image would have more than " + std::to_string(limit) + " tags");
    }
    return changed;
}

// A referrer that is only worth having beside its subject.
Result<void> check_subject(const Put& put, store::Transaction& tx, model::RepositoryId repository) {
    if (!put.request.subject_must_be_there || !put.manifest.subject) return {};
    const auto& subject = put.manifest.subject->digest;
    const auto found = tx.images().find(repository, subject);
    if (found && found->status == model::ImageStatus::active) return {};
    return std::unexpected(image_not_found(put.repository, {.digest = subject, .tag = std::nullopt}));
}

struct Stored {
    model::Image image;
    bool scan_waits = false;
};

Result<Stored> store_image(const Put& put, store::Transaction& tx) {
    auto repository = find_repository(tx, put.repository);
    if (!repository) return fail(std::move(repository));
    if (auto subject = check_subject(put, tx, repository->id); !subject) return fail(std::move(subject));
    bool scan_waits = false;
    auto image = tx.images().find(repository->id, put.digest);
    const bool is_new = !image.has_value();
    auto restored = Restored::no;
    if (is_new) {
        auto inserted = insert(put, tx, repository->id);
        if (!inserted) return fail(std::move(inserted));
        image = std::move(*inserted);
    } else if (image->status != model::ImageStatus::active) {
        restored = Restored::yes;
        auto change = activate_image(put.services, tx, put.repository, *image);
        image = std::move(change.image);
        scan_waits = change.scan_waits;
    } else if (put.request.tags.empty()) {
        auto same = check_same(put, *repository, nullptr);
        if (!same) return fail(std::move(same));
    }
    auto changed = put_tags(put, tx, *repository, *image, restored);
    if (!changed) return fail(std::move(changed));
    if (is_new && changed->empty()) {
        announce_image(put.services, tx, event::image_push, put.repository, *image, nullptr);
    }
    for (const auto* tag : *changed) {
        announce_image(put.services, tx, event::image_push, put.repository, *image, tag);
    }
    if (is_new || restored == Restored::yes || !changed->empty()) {
        expect_lifecycle_run(put.services, tx, *repository);
        scan_waits |= expect_scan(put.services, tx, *repository, *image, put.manifest);
    }
    return Stored{.image = std::move(*image), .scan_waits = scan_waits};
}

Result<model::Digest> check_digest(const NewManifest& manifest) {
    const auto algorithm =
        manifest.expected_digest ? manifest.expected_digest->algorithm() : model::DigestAlgorithm::sha256;
    auto digest = model::Digest::of(manifest.bytes, algorithm);
    if (manifest.expected_digest && *manifest.expected_digest != digest) {
        return fail(FaultKind::digest_mismatch, "The manifest has the digest '" + digest.text() + "', not '" +
                                                    manifest.expected_digest->text() + "'");
    }
    return digest;
}

}  // namespace

Task<Result<PutImageOutcome>> Images::put(const Call& call, RepositoryRef repository, NewManifest request) {
    services_.pushes.note_image();
    auto entered = co_await enter(services_, call, iam::action::put_image, repository);
    if (!entered) co_return fail(std::move(entered));
    if (request.bytes.size() > services_.settings.manifest_bytes) {
        co_return fail(FaultKind::too_large,
                       "A manifest may have at most " + std::to_string(services_.settings.manifest_bytes) + " bytes");
    }
    const auto manifest =
        oci::parse_manifest(request.bytes, request.media_type, {.depth = services_.settings.manifest_depth});
    if (!manifest) co_return std::unexpected(manifest.error());
    auto digest = check_digest(request);
    if (!digest) co_return fail(std::move(digest));

    const auto now = services_.clock.now();
    const Put put{.services = services_,
                  .repository = repository,
                  .request = request,
                  .manifest = *manifest,
                  .digest = *digest,
                  .now = now,
                  .new_row = model::ImageRowId{make_row_id(now, services_.random)}};
    auto stored = co_await services_.metadata.write([&](store::Transaction& tx) { return store_image(put, tx); });
    if (!stored) co_return fail(std::move(stored));
    if (stored->scan_waits) services_.bell.ring_for_scan();
    auto& image = stored->image;
    forget_tags(image.repository, request.tags);
    // One that came out of the archive is listed again, and its followers wait for a job.
    if (image.last_activated_at) {
        services_.cache.tag_pages.drop(key_of(image.repository, ""));
        services_.bell.ring();
    }
    PutImageOutcome outcome{.image = std::move(image), .subject = std::nullopt};
    outcome.subject = outcome.image.subject;
    co_return outcome;
}

void Images::forget_tags(model::RepositoryId repository, std::span<const model::Tag> tags) {
    for (const auto& tag : tags) services_.cache.tags.drop(key_of(repository, tag.text()));
    if (!tags.empty()) services_.cache.tag_pages.drop(key_of(repository, ""));
}

}  // namespace berth::registry
