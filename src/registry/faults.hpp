// The sentences of the faults both protocols show, in ECR's own words.
#pragma once

#include "base/result.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"

#include <span>
#include <string>

namespace berth::registry {

[[nodiscard]] Fault repository_not_found(const RepositoryRef& repository);
[[nodiscard]] Fault repository_exists(const RepositoryRef& repository);
[[nodiscard]] Fault repository_not_empty(const RepositoryRef& repository);
[[nodiscard]] Fault image_not_found(const RepositoryRef& repository, const model::ImageIdentifier& id);
[[nodiscard]] Fault image_exists(const RepositoryRef& repository, const model::Digest& digest, const model::Tag* tag);
[[nodiscard]] Fault tag_immutable(const RepositoryRef& repository, const model::Tag& tag,
                                  const model::TagMutabilityRule& rule);
[[nodiscard]] Fault layers_not_found(const RepositoryRef& repository, std::span<const model::Digest> missing);
[[nodiscard]] Fault referenced_images_not_found(const RepositoryRef& repository,
                                                std::span<const model::Digest> missing);
// Requested image referenced by manifest list: [<parents>]
[[nodiscard]] Fault image_referenced(std::span<const model::Digest> parents);
[[nodiscard]] Fault lifecycle_policy_not_found(const RepositoryRef& repository);
[[nodiscard]] Fault lifecycle_preview_not_found(const RepositoryRef& repository);
[[nodiscard]] Fault lifecycle_preview_in_progress(const RepositoryRef& repository);
[[nodiscard]] Fault storage_class_fixed(const model::Image& image);
[[nodiscard]] Fault scan_not_found(const RepositoryRef& repository, const model::ImageIdentifier& id);
[[nodiscard]] Fault unsupported_image_type(const RepositoryRef& repository, const model::Digest& digest);
[[nodiscard]] Fault image_archived(const RepositoryRef& repository, const model::Digest& digest);
[[nodiscard]] Fault upload_not_found(const RepositoryRef& repository, const std::string& id);
[[nodiscard]] Fault blob_not_found(const RepositoryRef& repository, const model::Digest& digest);

}  // namespace berth::registry
