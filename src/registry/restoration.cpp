#include "registry/restoration.hpp"

#include "oci/manifest.hpp"
#include "registry/events.hpp"
#include "registry/faults.hpp"
#include "registry/promise.hpp"
#include "registry/scan_requests.hpp"
#include "registry/tag_mutability.hpp"

#include <algorithm>
#include <ranges>
#include <stdexcept>

namespace berth::registry {

namespace {

// Of one call: a transaction reads and writes this much and no more.
constexpr std::size_t most_images = 10'000;
constexpr std::uint64_t most_manifest_bytes = std::uint64_t{64} << 20;

// What is in the bin was accepted once, whatever the limits are today.
Result<oci::Manifest> parse(const std::string& bytes, const model::Image& image) {
    return oci::parse_manifest(bytes, image.media_type, {.depth = 1024, .descriptors = 100'000});
}

ImageFailure too_much() {
    return {.code = "LimitExceeded",
            .reason =
                "This call would restore more than 10000 images or 64 MiB of manifests; restore fewer in one "
                "call, the children of a large index before it"};
}

}  // namespace

bool includes(std::span<const DeletedImage> pairs, const model::ImageIdentifier& id) {
    return std::ranges::any_of(pairs, [&](const auto& pair) {
        return (!id.tag || pair.id.tag == id.tag) && (!id.digest || pair.id.digest == id.digest);
    });
}

std::optional<store::BinnedImage> find_in_bin(store::BinTable& bin, model::RepositoryId repository,
                                              const model::ImageIdentifier& id) {
    if (id.digest) return bin.find(repository, *id.digest);
    if (id.tag) return bin.find(repository, *id.tag);
    return std::nullopt;
}

std::variant<store::BinnedImage, ImageFailure> find_binned(store::Transaction& tx, model::RepositoryId repository,
                                                           const model::ImageIdentifier& id) {
    auto found = find_in_bin(tx.bin(), repository, id);
    if (!found) {
        return ImageFailure{.code = "ImageNotFound", .reason = "The recycle bin of the repository has no such image"};
    }
    if (id.digest && id.tag && std::ranges::find(found->tags, *id.tag) == found->tags.end()) {
        return ImageFailure{.code = "ImageTagDoesNotMatchDigest",
                            .reason = "The image with the given digest did not have the given tag when it was deleted"};
    }
    return std::move(*found);
}

RecycleBin::RestoredOrFailure Restoration::restore(const model::ImageIdentifier& id) {
    auto found = find_binned(tx_, row_.id, id);
    if (auto* failure = std::get_if<ImageFailure>(&found)) {
        if (includes(restored_, id)) return RecycleBin::Restored{};
        return std::move(*failure);
    }
    const auto before = static_cast<std::ptrdiff_t>(restored_.size());
    std::vector<Left> left;
    if (auto problem = restore_whole(std::get<store::BinnedImage>(std::move(found)), tag_conflict_, left)) {
        return std::move(*problem);
    }
    for (std::size_t next = 0; next < left.size(); ++next) restore_followers(left[next], left);
    return RecycleBin::Restored(restored_.begin() + before, restored_.end());
}

Restoration::Problem Restoration::restore_whole(store::BinnedImage root, TagConflict tag_conflict,
                                                std::vector<Left>& left) {
    Plan plan;
    plan.digests.insert(root.image.digest.text());
    plan.steps.push_back({.binned = std::move(root), .tags = {}});
    for (std::size_t step = 0; step < plan.steps.size(); ++step) {
        if (auto problem = plan_image(plan, step, step == 0 ? tag_conflict : TagConflict::skips)) return problem;
    }
    images_planned_ += plan.steps.size();
    bytes_planned_ += plan.manifest_bytes;
    for (const auto& step : std::views::reverse(plan.steps)) {
        bring_back(step);
        left.push_back({.digest = step.binned.image.digest, .deleted_at = step.binned.deleted_at});
    }
    return std::nullopt;
}

// One that cannot come back now (a child or a layer of it is lost, this call has restored enough) stays in the bin.
void Restoration::restore_followers(const Left& subject, std::vector<Left>& left) {
    const auto most = most_images - images_planned_;
    // Before `left` grows, which `subject` may be part of.
    auto followers = tx_.bin().followers(row_.id, subject.digest, subject.deleted_at, most);
    for (auto& follower : followers) {
        // Back already, as a child of another one.
        if (!tx_.bin().find(follower.image.id)) continue;
        restore_whole(std::move(follower), TagConflict::skips, left);
    }
}

Restoration::Problem Restoration::plan_image(Plan& plan, std::size_t step, TagConflict tag_conflict) {
    if (auto problem = plan_tags(plan.steps[step], tag_conflict)) return problem;
    const auto image = plan.steps[step].binned.image;
    plan.manifest_bytes += image.manifest_size;
    if (images_planned_ + plan.steps.size() > most_images ||
        bytes_planned_ + plan.manifest_bytes > most_manifest_bytes) {
        return too_much();
    }
    const auto manifest = parse(tx_.bin().manifest(image.id), image);
    if (!manifest) throw std::logic_error("a manifest in the bin cannot be read: " + manifest.error().message);
    if (auto problem = plan_blobs(image, manifest->blobs)) return problem;
    return plan_children(plan, manifest->children);
}

// The bin keeps what its images need, but not from a damaged storage (fsck --repair forgets what is lost).
Restoration::Problem Restoration::plan_blobs(const model::Image& image, const std::vector<model::Descriptor>& blobs) {
    if (services_.settings.missing_blobs == Missing::accept) return std::nullopt;
    // Pushed again in the meantime: that image stays as it is.
    if (tx_.images().find(row_.id, image.digest)) return std::nullopt;
    std::string missing;
    for (const auto& blob : blobs) {
        if (!tx_.blobs().find(blob.digest)) missing += (missing.empty() ? "" : ", ") + blob.digest.text();
    }
    if (missing.empty()) return std::nullopt;
    return ImageFailure{.code = "LayersNotFound",
                        .reason = "The image with digest '" + image.digest.text() +
                                  "' cannot come back: its layers with digests '[" + missing +
                                  "]' are not in the storage any more; push the image again"};
}

Restoration::Problem Restoration::plan_tags(Step& step, TagConflict tag_conflict) {
    const auto& digest = step.binned.image.digest;
    for (const auto& tag : step.binned.tags) {
        const auto current = tx_.images().find(row_.id, tag);
        if (current && current->digest == digest) continue;
        if (current && tag_conflict == TagConflict::skips) continue;
        if (current && is_immutable(row_.tag_mutability, tag.text())) {
            return ImageFailure{.code = "ImageTagAlreadyExists",
                                .reason = tag_immutable(repository_, tag, row_.tag_mutability).message};
        }
        if (current && tag_conflict == TagConflict::fails) {
            return ImageFailure{.code = "ImageTagAlreadyExists",
                                .reason = "The tag '" + tag.text() +
                                          "' names another image now; say whether it moves to the restored image "
                                          "or is left out"};
        }
        step.tags.push_back(tag);
    }
    const auto live = tx_.images().find(row_.id, digest);
    const auto limit = services_.settings.tags_per_image;
    if (!step.tags.empty() && step.tags.size() + (live ? tx_.images().count_tags(live->id) : 0) > limit) {
        return ImageFailure{.code = "LimitExceeded",
                            .reason = "The image would have more than " + std::to_string(limit) + " tags"};
    }
    return std::nullopt;
}

Restoration::Problem Restoration::plan_children(Plan& plan, const std::vector<model::Descriptor>& children) {
    std::vector<model::Digest> missing;
    for (const auto& child : children) {
        if (plan.digests.contains(child.digest.text()) || tx_.images().find(row_.id, child.digest)) continue;
        auto binned = tx_.bin().find(row_.id, child.digest);
        if (!binned) {
            missing.push_back(child.digest);
            continue;
        }
        if (images_planned_ + plan.steps.size() >= most_images) return too_much();
        plan.digests.insert(child.digest.text());
        plan.steps.push_back({.binned = std::move(*binned), .tags = {}});
    }
    if (missing.empty() || services_.settings.missing_children == Missing::accept) return std::nullopt;
    return ImageFailure{.code = "ReferencedImagesNotFound",
                        .reason = referenced_images_not_found(repository_, missing).message};
}

void Restoration::bring_back(const Step& step) {
    const auto now = services_.clock.now();
    auto image = step.binned.image;
    const auto review_at = next_review(services_);
    // Pushed again in the meantime: that image stays as it is, and gets the tags.
    if (const auto live = tx_.images().find(row_.id, image.digest)) {
        tx_.bin().erase(image.id, review_at, now);
        image.id = live->id;
    } else {
        const auto bytes = tx_.bin().manifest(image.id);
        const auto manifest = parse(bytes, image);
        // Before the bin lets go of them: the repository may have lost the blobs in the meantime.
        for (const auto& blob : manifest->blobs) {
            if (tx_.blobs().find(blob.digest)) tx_.blobs().link(row_.id, blob.digest, now, review_at);
        }
        tx_.bin().erase(image.id, review_at, now);
        insert(image, bytes, *manifest);
    }
    // Or the rule that took it would take it again at once.
    if (services_.settings.restore_hold.count() > 0) {
        tx_.lifecycle().hold(row_.id, image.id, now + services_.settings.restore_hold);
    }
    for (const auto& tag : step.tags) {
        tx_.images().put_tag(row_.id, tag, image.id, now);
        announce_image(services_, tx_, event::image_restore, repository_, image, &tag, cause_);
        restored_.push_back({.id = {.digest = image.digest, .tag = tag}});
    }
    if (image.status == model::ImageStatus::active) scan_waits_ |= expect_scan(services_, tx_, image);
    if (!step.tags.empty()) return;
    announce_image(services_, tx_, event::image_restore, repository_, image, nullptr, cause_);
    restored_.push_back({.id = {.digest = image.digest, .tag = std::nullopt}});
}

// As a push stores it.
void Restoration::insert(const model::Image& image, const std::string& bytes, const oci::Manifest& manifest) {
    store::NewImage added{.image = image, .manifest = bytes, .blobs = manifest.blobs, .children = {}};
    added.image.annotations_json = manifest.annotations_json;
    for (const auto& child : manifest.children) added.children.push_back(child.digest);
    tx_.images().insert(added);
}

}  // namespace berth::registry
