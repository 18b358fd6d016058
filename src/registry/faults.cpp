#include "registry/faults.hpp"

namespace berth::registry {

namespace {

std::string of(const RepositoryRef& repository) {
    return "the repository with name '" + repository.name.text() + "' in the registry with id '" +
           repository.registry.account.text() + "'";
}

std::string shown(const model::ImageIdentifier& id) {
    const std::string digest = id.digest ? id.digest->text() : "null";
    const std::string tag = id.tag ? id.tag->text() : "null";
    return "{imageDigest:'" + digest + "', imageTag:'" + tag + "'}";
}

std::string join(std::span<const model::Digest> digests) {
    std::string text;
    for (const auto& digest : digests) {
        if (!text.empty()) text += ", ";
        text += digest.text();
    }
    return text;
}

std::string required_for_push(std::string_view what, const RepositoryRef& repository,
                              std::span<const model::Digest> missing) {
    return std::string(what) + " with digests '[" + join(missing) +
           "]' required for pushing image into repository with name '" + repository.name.text() +
           "' in the registry with id '" + repository.registry.account.text() + "' do not exist";
}

}  // namespace

Fault repository_not_found(const RepositoryRef& repository) {
    return {.kind = FaultKind::repository_not_found,
            .message = "The repository with name '" + repository.name.text() +
                       "' does not exist in the registry with id '" + repository.registry.account.text() + "'"};
}

Fault repository_exists(const RepositoryRef& repository) {
    return {.kind = FaultKind::repository_exists,
            .message = "The repository with name '" + repository.name.text() +
                       "' already exists in the registry with id '" + repository.registry.account.text() + "'"};
}

Fault repository_not_empty(const RepositoryRef& repository) {
    return {.kind = FaultKind::repository_not_empty,
            .message = "The repository with name '" + repository.name.text() + "' in registry with id '" +
                       repository.registry.account.text() + "' cannot be deleted because it still contains images"};
}

Fault image_not_found(const RepositoryRef& repository, const model::ImageIdentifier& id) {
    return {.kind = FaultKind::image_not_found,
            .message = "The image with imageId " + shown(id) + " does not exist within " + of(repository)};
}

Fault image_exists(const RepositoryRef& repository, const model::Digest& digest, const model::Tag* tag) {
    std::string text = "Image with digest '" + digest.text() + "'";
    if (tag != nullptr) text += " and tag '" + tag->text() + "'";
    text += " already exists in the repository with name '" + repository.name.text() + "' in registry with id '" +
            repository.registry.account.text() + "'";
    return {.kind = FaultKind::image_exists, .message = std::move(text)};
}

Fault tag_immutable(const RepositoryRef& repository, const model::Tag& tag, const model::TagMutabilityRule& rule) {
    const bool whole = rule.value == model::TagMutability::immutable_tags;
    return {.kind = FaultKind::tag_immutable,
            .message = "The image tag '" + tag.text() + "' already exists in the '" + repository.name.text() +
                       "' repository and cannot be overwritten because the " + (whole ? "repository" : "tag") +
                       " is immutable."};
}

Fault layers_not_found(const RepositoryRef& repository, std::span<const model::Digest> missing) {
    return {.kind = FaultKind::layers_not_found, .message = required_for_push("Layers", repository, missing)};
}

Fault referenced_images_not_found(const RepositoryRef& repository, std::span<const model::Digest> missing) {
    return {.kind = FaultKind::referenced_images_not_found,
            .message = required_for_push("Images", repository, missing)};
}

Fault image_referenced(std::span<const model::Digest> parents) {
    return {.kind = FaultKind::image_referenced,
            .message = "Requested image referenced by manifest list: [" + join(parents) + "]"};
}

Fault lifecycle_policy_not_found(const RepositoryRef& repository) {
    return {.kind = FaultKind::lifecycle_policy_not_found,
            .message = "Lifecycle policy does not exist for " + of(repository)};
}

Fault lifecycle_preview_not_found(const RepositoryRef& repository) {
    return {.kind = FaultKind::lifecycle_preview_not_found,
            .message = "Lifecycle policy preview does not exist for " + of(repository)};
}

Fault lifecycle_preview_in_progress(const RepositoryRef& repository) {
    return {.kind = FaultKind::lifecycle_preview_in_progress,
            .message = "A lifecycle policy preview is in progress for " + of(repository)};
}

Fault storage_class_fixed(const model::Image& image) {
    const std::string_view status = image.status == model::ImageStatus::active     ? "ACTIVE"
                                    : image.status == model::ImageStatus::archived ? "ARCHIVED"
                                                                                   : "ACTIVATING";
    return {.kind = FaultKind::storage_class_fixed,
            .message = "The storage class of the image with digest '" + image.digest.text() +
                       "' cannot be updated this way while its status is " + std::string(status)};
}

Fault scan_not_found(const RepositoryRef& repository, const model::ImageIdentifier& id) {
    return {.kind = FaultKind::scan_not_found,
            .message = "Image scan does not exist for the image with '" + shown(id) + "' in " + of(repository)};
}

Fault unsupported_image_type(const RepositoryRef& repository, const model::Digest& digest) {
    return {.kind = FaultKind::unsupported_image_type,
            .message = "The image with digest '" + digest.text() + "' in " + of(repository) +
                       " is of a type that cannot be scanned"};
}

Fault image_archived(const RepositoryRef& repository, const model::Digest& digest) {
    return {.kind = FaultKind::image_archived,
            .message = "The image with digest '" + digest.text() + "' in " + of(repository) +
                       " is archived; restore it before it is scanned"};
}

Fault upload_not_found(const RepositoryRef& repository, const std::string& id) {
    return {.kind = FaultKind::upload_not_found,
            .message = "The upload '" + id + "' does not exist in " + of(repository)};
}

Fault blob_not_found(const RepositoryRef& repository, const model::Digest& digest) {
    return {.kind = FaultKind::blob_not_found,
            .message = "The layer with digest '" + digest.text() + "' does not exist within " + of(repository)};
}

}  // namespace berth::registry
