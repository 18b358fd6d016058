#include "api/aws/translate.hpp"

#include "model/arn.hpp"
#include "registry/faults.hpp"

#include <algorithm>
#include <stdexcept>

namespace berth::api::aws {

model::Registry registry_of(const Call& call, const std::optional<RegistryId>& id) {
    auto registry = call.own_registry();
    if (id) registry.account = model::known_valid<model::AccountId>(id->value);
    return registry;
}

registry::RepositoryRef repository_of(const Call& call, const std::optional<RegistryId>& id,
                                      const RepositoryName& name) {
    return {.registry = registry_of(call, id), .name = model::known_valid<model::RepositoryName>(name.value)};
}

Answer<registry::RepositoryRef> repository_of_arn(const Call& call, const Arn& arn) {
    auto parsed = model::parse_repository_arn(arn.value);
    if (!parsed || parsed->registry.region != call.region) return invalid_parameter("resourceArn", "Invalid ARN");
    return registry::RepositoryRef{.registry = std::move(parsed->registry), .name = std::move(parsed->name)};
}

Result<registry::UploadRef> upload_of(registry::RepositoryRef repository, const UploadId& id) {
    std::string lower = id.value;
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    auto parsed = model::UploadId::parse(lower);
    if (!parsed) return std::unexpected(registry::upload_not_found(repository, id.value));
    return registry::UploadRef{.repository = std::move(repository), .id = std::move(*parsed)};
}

Repository to_wire(const model::Repository& repository, const Addresses& addresses) {
    const auto& name = repository.name.text();
    Repository wire;
    wire.repositoryArn = Arn{model::repository_arn(repository.registry, name)};
    wire.registryId = RegistryId{repository.registry.account.text()};
    wire.repositoryName = RepositoryName{name};
    wire.repositoryUri = Url{addresses.repository_uri(repository.registry, name)};
    wire.createdAt = repository.created_at;
    wire.imageTagMutability = repository.tag_mutability.value;
    wire.imageTagMutabilityExclusionFilters = to_wire(repository.tag_mutability.exclusions);
    wire.imageScanningConfiguration = ImageScanningConfiguration{.scanOnPush = repository.scan_on_push};
    auto& encryption = wire.encryptionConfiguration.emplace();
    encryption.encryptionType = repository.encryption.type;
    if (repository.encryption.kms_key) encryption.kmsKey = Text<shape::KmsKey>{*repository.encryption.kms_key};
    return wire;
}

ImageIdentifier to_wire(const model::ImageIdentifier& id) {
    ImageIdentifier wire;
    if (id.digest) wire.imageDigest = ImageDigest{id.digest->text()};
    if (id.tag) wire.imageTag = ImageTag{id.tag->text()};
    return wire;
}

std::optional<TagExclusionFilters> to_wire(const std::vector<model::TagExclusionFilter>& filters) {
    if (filters.empty()) return std::nullopt;
    TagExclusionFilters wire;
    for (const auto& filter : filters) {
        wire.items.push_back({.filterType = FilterType::wildcard, .filter = {filter.filter}});
    }
    return wire;
}

Tag to_wire(const model::ResourceTag& tag) {
    return {.Key = {tag.key}, .Value = {tag.value}};
}

std::vector<model::ResourceTag> from_wire(const TagList& tags) {
    std::vector<model::ResourceTag> values;
    values.reserve(tags.items.size());
    for (const auto& tag : tags.items) values.push_back({.key = tag.Key.value, .value = tag.Value.value});
    return values;
}

store::ImageFilter from_wire(const std::optional<ImagesFilter>& filter) {
    store::ImageFilter value{.status = model::ImageStatus::active};
    if (!filter) return value;
    value.tag_status = filter->tagStatus.value_or(store::TagStatusFilter::any);
    switch (filter->imageStatus.value_or(ImageStatusFilter::active)) {
        case ImageStatusFilter::active:
            value.status = model::ImageStatus::active;
            break;
        case ImageStatusFilter::archived:
            value.status = model::ImageStatus::archived;
            break;
        case ImageStatusFilter::activating:
            value.status = model::ImageStatus::activating;
            break;
        case ImageStatusFilter::any:
            value.status = std::nullopt;
            break;
    }
    return value;
}

Answer<model::TagMutabilityRule> from_wire(model::TagMutability value,
                                           const std::optional<TagExclusionFilters>& filters) {
    constexpr std::string_view member = "imageTagMutabilityExclusionFilters";
    constexpr auto most_wildcards = 2;
    const bool wants_filters = value == model::TagMutability::immutable_with_exclusion ||
                               value == model::TagMutability::mutable_with_exclusion;
    if (wants_filters != filters.has_value()) {
        return invalid_parameter(member,
                                 "ImageTagMutabilityExclusionFilters " + std::string(wants_filters ? "can't" : "must") +
                                     " be null when imageTagMutability is set as " + std::string(wire_name(value)));
    }
    model::TagMutabilityRule rule{.value = value, .exclusions = {}};
    if (!filters) return rule;
    for (std::size_t i = 0; i < filters->items.size(); ++i) {
        const auto& text = filters->items[i].filter.value;
        if (std::ranges::count(text, '*') > most_wildcards) {
            return invalid_parameter(std::string(member) + "." + std::to_string(i + 1) + ".member.filter",
                                     "A filter may have at most 2 wildcards ('*')");
        }
        rule.exclusions.push_back({text});
    }
    return rule;
}

ImageFailure failed(const ImageIdentifier& id, ImageFailureCode code, std::string reason) {
    return {.imageId = id, .failureCode = code, .failureReason = AnyText{std::move(reason)}};
}

std::string reason_of(const ImageFailure& failure) {
    return failure.failureReason ? failure.failureReason->value : std::string();
}

ImageFailure failed(const ImageIdentifier& id, const registry::ImageFailure& failure) {
    for (const auto& [code, name] : EnumTable<ImageFailureCode>::rows) {
        if (name == failure.code) return failed(id, code, failure.reason);
    }
    throw std::logic_error("a failure code outside the model: " + failure.code);
}

Fault image_not_found(const registry::RepositoryRef& repository, const ImageIdentifier& id) {
    const std::string digest = id.imageDigest ? id.imageDigest->value : "null";
    const std::string tag = id.imageTag ? id.imageTag->value : "null";
    return {.kind = FaultKind::image_not_found,
            .message = "The image with imageId {imageDigest:'" + digest + "', imageTag:'" + tag +
                       "'} does not exist within the repository with name '" + repository.name.text() +
                       "' in the registry with id '" + repository.registry.account.text() + "'"};
}

std::variant<model::ImageIdentifier, ImageFailure> from_wire(const ImageIdentifier& id) {
    using enum ImageFailureCode;
    if (!id.imageDigest && !id.imageTag) {
        return failed(id, missing_both, "Invalid request parameters: both tag and digest cannot be null");
    }
    if (id.imageDigest && !patterns::digest(id.imageDigest->value)) {
        return failed(id, invalid_digest,
                      "Invalid request parameters: image digest should satisfy the regex "
                      "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
    }
    if (id.imageTag && !patterns::image_tag(id.imageTag->value)) {
        return failed(id, invalid_tag,
                      "Invalid request parameters: image tag should satisfy the regex '[a-zA-Z0-9-_.]+'");
    }
    model::ImageIdentifier value;
    if (id.imageTag) {
        value.tag = model::Tag::parse(id.imageTag->value);
        // Well-formed to the API, but no image can have it.
        if (!value.tag) return failed(id, not_found, "Requested image not found");
    }
    if (id.imageDigest) {
        value.digest = model::Digest::parse(id.imageDigest->value);
        // A digest no image can have stands for itself by a digest no image has, so that what is said of the tag
        // beside it stays true.
        if (!value.digest) value.digest = model::Digest::of(id.imageDigest->value);
    }
    return value;
}

}  // namespace berth::api::aws
