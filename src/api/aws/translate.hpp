// Between wire shapes and the registry's own values.
#pragma once

#include "api/aws/api_error.hpp"
#include "api/aws/operation.hpp"
#include "api/aws/structures.hpp"
#include "model/image.hpp"
#include "model/repository.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace berth::api::aws {

// The registry a call is about: the caller's own unless another is named.
[[nodiscard]] model::Registry registry_of(const Call& call, const std::optional<RegistryId>& id);
[[nodiscard]] registry::RepositoryRef repository_of(const Call& call, const std::optional<RegistryId>& id,
                                                    const RepositoryName& name);
// The repository an ARN names; an invalid-parameter error for anything else, and for another region than the call's.
[[nodiscard]] Answer<registry::RepositoryRef> repository_of_arn(const Call& call, const Arn& arn);
// upload_not_found when there can be no upload of that id.
[[nodiscard]] Result<registry::UploadRef> upload_of(registry::RepositoryRef repository, const UploadId& id);

[[nodiscard]] Repository to_wire(const model::Repository& repository, const Addresses& addresses);
[[nodiscard]] ImageIdentifier to_wire(const model::ImageIdentifier& id);
[[nodiscard]] std::optional<TagExclusionFilters> to_wire(const std::vector<model::TagExclusionFilter>& filters);
[[nodiscard]] Tag to_wire(const model::ResourceTag& tag);

[[nodiscard]] std::vector<model::ResourceTag> from_wire(const TagList& tags);
[[nodiscard]] store::ImageFilter from_wire(const std::optional<ImagesFilter>& filter);
// Value and filters must fit each other.
[[nodiscard]] Answer<model::TagMutabilityRule> from_wire(model::TagMutability value,
                                                         const std::optional<TagExclusionFilters>& filters);

// ECR's sentence about an image id as it was sent.
[[nodiscard]] Fault image_not_found(const registry::RepositoryRef& repository, const ImageIdentifier& id);
// An image id of a batch call: usable, or refused with its failure.
[[nodiscard]] std::variant<model::ImageIdentifier, ImageFailure> from_wire(const ImageIdentifier& id);
[[nodiscard]] ImageFailure failed(const ImageIdentifier& id, ImageFailureCode code, std::string reason);
[[nodiscard]] std::string reason_of(const ImageFailure& failure);
[[nodiscard]] ImageFailure failed(const ImageIdentifier& id, const registry::ImageFailure& failure);

}  // namespace berth::api::aws
