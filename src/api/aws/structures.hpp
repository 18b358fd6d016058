// Structures more than one operation speaks of, in wire spelling.
#pragma once

#include "api/aws/shapes.hpp"

#include <boost/describe.hpp>

#include <optional>

namespace berth::api::aws {

struct Tag {
    AnyText Key;
    AnyText Value;
};
BOOST_DESCRIBE_STRUCT(Tag, (), (Key, Value))
using TagList = List<Tag>;

struct TagExclusionFilter {
    FilterType filterType = FilterType::wildcard;
    Text<shape::TagFilterValue> filter;
};
BOOST_DESCRIBE_STRUCT(TagExclusionFilter, (), (filterType, filter))
using TagExclusionFilters = List<TagExclusionFilter, 1, 5>;

struct ImageScanningConfiguration {
    std::optional<bool> scanOnPush;
};
BOOST_DESCRIBE_STRUCT(ImageScanningConfiguration, (), (scanOnPush))

struct EncryptionConfiguration {
    model::EncryptionType encryptionType = model::EncryptionType::aes256;
    std::optional<Text<shape::KmsKey>> kmsKey;
};
BOOST_DESCRIBE_STRUCT(EncryptionConfiguration, (), (encryptionType, kmsKey))

struct Repository {
    std::optional<Arn> repositoryArn;
    std::optional<RegistryId> registryId;
    std::optional<RepositoryName> repositoryName;
    std::optional<Url> repositoryUri;
    std::optional<Timestamp> createdAt;
    std::optional<model::TagMutability> imageTagMutability;
    std::optional<TagExclusionFilters> imageTagMutabilityExclusionFilters;
    std::optional<ImageScanningConfiguration> imageScanningConfiguration;
    std::optional<EncryptionConfiguration> encryptionConfiguration;
};
BOOST_DESCRIBE_STRUCT(Repository, (),
                      (repositoryArn, registryId, repositoryName, repositoryUri, createdAt, imageTagMutability,
                       imageTagMutabilityExclusionFilters, imageScanningConfiguration, encryptionConfiguration))

struct ImageIdentifier {
    std::optional<ImageDigest> imageDigest;
    std::optional<ImageTag> imageTag;
};
BOOST_DESCRIBE_STRUCT(ImageIdentifier, (), (imageDigest, imageTag))
using ImageIdentifiers = List<ImageIdentifier, 1, 100>;

struct Image {
    std::optional<RegistryId> registryId;
    std::optional<RepositoryName> repositoryName;
    std::optional<ImageIdentifier> imageId;
    std::optional<ImageManifest> imageManifest;
    std::optional<MediaType> imageManifestMediaType;
};
BOOST_DESCRIBE_STRUCT(Image, (), (registryId, repositoryName, imageId, imageManifest, imageManifestMediaType))

struct ImageFailure {
    std::optional<ImageIdentifier> imageId;
    std::optional<ImageFailureCode> failureCode;
    std::optional<AnyText> failureReason;
};
BOOST_DESCRIBE_STRUCT(ImageFailure, (), (imageId, failureCode, failureReason))

struct ImagesFilter {
    std::optional<store::TagStatusFilter> tagStatus;
    std::optional<ImageStatusFilter> imageStatus;
};
BOOST_DESCRIBE_STRUCT(ImagesFilter, (), (tagStatus, imageStatus))

}  // namespace berth::api::aws
