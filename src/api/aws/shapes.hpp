// The named shapes of the ECR model (API version 2015-09-21): texts, numbers and enums with their limits.
#pragma once

#include "api/aws/patterns.hpp"
#include "api/aws/shape.hpp"
#include "model/image.hpp"
#include "model/repository.hpp"
#include "registry/images.hpp"

#include <array>

namespace berth::api::aws {

namespace shape {

inline constexpr std::string_view uuid_pattern =
    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

struct Any {
    static constexpr TextRule rule{};
};
struct RegistryId {
    static constexpr TextRule rule{.pattern = "[0-9]{12}", .accepts = patterns::registry_id};
};
struct RepositoryName {
    static constexpr TextRule rule{
        .min = 2,
        .max = 256,
        .pattern = R"([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)",
        .accepts = patterns::repository_name,
        .shown_pattern = R"([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)",
        .null_wording = NullWording::must_not};
};
struct UploadId {
    static constexpr TextRule rule{.pattern = uuid_pattern, .accepts = patterns::upload_id};
};
struct LayerDigest {
    static constexpr TextRule rule{.pattern = "[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+", .accepts = patterns::digest};
};
struct BatchedLayerDigest {
    static constexpr TextRule rule{.max = 1000};
};
struct ImageTag {
    static constexpr TextRule rule{.min = 1, .max = 300};
};
struct ImageManifest {
    static constexpr TextRule rule{.min = 1, .max = 4'194'304, .setting_for_max = true, .shown_name = "ImageManifest"};
};
struct KmsKey {
    static constexpr TextRule rule{.min = 1, .max = 2048};
};
struct TagFilterValue {
    static constexpr TextRule rule{
        .min = 1, .max = 128, .pattern = "^[0-9a-zA-Z._*-]{1,128}$", .accepts = patterns::tag_filter};
};
struct Base64 {
    static constexpr TextRule rule{.pattern = R"(^\S+$)", .accepts = patterns::no_space};
};
struct Region {
    static constexpr TextRule rule{.min = 2, .max = 25, .pattern = "[0-9a-z-]{2,25}", .accepts = patterns::region};
};
struct RepositoryFilterValue {
    static constexpr TextRule rule{.min = 2,
                                   .max = 256,
                                   .pattern = "^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$",
                                   .accepts = patterns::repository_filter};
};

}  // namespace shape

using AnyText = Text<shape::Any>;
using RegistryId = Text<shape::RegistryId>;
using RepositoryName = Text<shape::RepositoryName>;
using UploadId = Text<shape::UploadId>;
using LayerDigest = Text<shape::LayerDigest>;
using BatchedLayerDigest = Text<shape::BatchedLayerDigest>;
using ImageDigest = AnyText;
using ImageTag = Text<shape::ImageTag>;
using ImageManifest = Text<shape::ImageManifest>;
using MediaType = AnyText;
using NextToken = AnyText;
using Arn = AnyText;
using Url = AnyText;

using MaxResults = Number<1, 1000>;
using PartSize = Number<0, no_maximum>;
using Size = Number<no_minimum, no_maximum>;

// Enums that only the wire knows.
enum class FilterType : std::uint8_t { wildcard };
enum class ImageStatusFilter : std::uint8_t { active, archived, activating, any };
enum class LayerAvailabilityValue : std::uint8_t { available, unavailable, archived };
enum class LayerFailureCode : std::uint8_t { invalid_digest, missing_digest };
enum class RepositoryFilterType : std::uint8_t { prefix_match };
enum class Severity : std::uint8_t { informational, low, medium, high, critical, undefined };
enum class ScanStatus : std::uint8_t {
    in_progress,
    complete,
    failed,
    unsupported_image,
    active,
    pending,
    eligibility_expired,
    findings_unavailable,
    limit_exceeded,
    image_archived,
    image_size_exceeded
};
enum class ImageFailureCode : std::uint8_t {
    invalid_digest,
    invalid_tag,
    tag_does_not_match,
    not_found,
    missing_both,
    referenced,
    kms_error,
    upstream_access_denied,
    upstream_too_many_requests,
    upstream_unavailable,
    inaccessible
};

template <class E, std::size_t N>
using EnumRows = std::array<std::pair<E, std::string_view>, N>;

template <>
struct EnumTable<model::TagMutability> {
    using enum model::TagMutability;
    static constexpr EnumRows<model::TagMutability, 4> rows{{{immutable_tags, "IMMUTABLE"},
                                                             {mutable_tags, "MUTABLE"},
                                                             {mutable_with_exclusion, "MUTABLE_WITH_EXCLUSION"},
                                                             {immutable_with_exclusion, "IMMUTABLE_WITH_EXCLUSION"}}};
};
template <>
struct EnumTable<FilterType> {
    static constexpr EnumRows<FilterType, 1> rows{{{FilterType::wildcard, "WILDCARD"}}};
};
template <>
struct EnumTable<model::EncryptionType> {
    using enum model::EncryptionType;
    static constexpr EnumRows<model::EncryptionType, 3> rows{
        {{aes256, "AES256"}, {kms, "KMS"}, {kms_dsse, "KMS_DSSE"}}};
};
template <>
struct EnumTable<store::TagStatusFilter> {
    using enum store::TagStatusFilter;
    static constexpr EnumRows<store::TagStatusFilter, 3> rows{
        {{tagged, "TAGGED"}, {untagged, "UNTAGGED"}, {any, "ANY"}}};
};
template <>
struct EnumTable<ImageStatusFilter> {
    using enum ImageStatusFilter;
    static constexpr EnumRows<ImageStatusFilter, 4> rows{
        {{active, "ACTIVE"}, {archived, "ARCHIVED"}, {activating, "ACTIVATING"}, {any, "ANY"}}};
};
template <>
struct EnumTable<model::ImageStatus> {
    using enum model::ImageStatus;
    static constexpr EnumRows<model::ImageStatus, 3> rows{
        {{active, "ACTIVE"}, {archived, "ARCHIVED"}, {activating, "ACTIVATING"}}};
};
template <>
struct EnumTable<LayerAvailabilityValue> {
    using enum LayerAvailabilityValue;
    static constexpr EnumRows<LayerAvailabilityValue, 3> rows{
        {{available, "AVAILABLE"}, {unavailable, "UNAVAILABLE"}, {archived, "ARCHIVED"}}};
};
template <>
struct EnumTable<LayerFailureCode> {
    using enum LayerFailureCode;
    static constexpr EnumRows<LayerFailureCode, 2> rows{
        {{invalid_digest, "InvalidLayerDigest"}, {missing_digest, "MissingLayerDigest"}}};
};
template <>
struct EnumTable<RepositoryFilterType> {
    static constexpr EnumRows<RepositoryFilterType, 1> rows{{{RepositoryFilterType::prefix_match, "PREFIX_MATCH"}}};
};
template <>
struct EnumTable<Severity> {
    using enum Severity;
    static constexpr EnumRows<Severity, 6> rows{{{informational, "INFORMATIONAL"},
                                                 {low, "LOW"},
                                                 {medium, "MEDIUM"},
                                                 {high, "HIGH"},
                                                 {critical, "CRITICAL"},
                                                 {undefined, "UNDEFINED"}}};
};
template <>
struct EnumTable<ScanStatus> {
    using enum ScanStatus;
    static constexpr EnumRows<ScanStatus, 11> rows{{{in_progress, "IN_PROGRESS"},
                                                    {complete, "COMPLETE"},
                                                    {failed, "FAILED"},
                                                    {unsupported_image, "UNSUPPORTED_IMAGE"},
                                                    {active, "ACTIVE"},
                                                    {pending, "PENDING"},
                                                    {eligibility_expired, "SCAN_ELIGIBILITY_EXPIRED"},
                                                    {findings_unavailable, "FINDINGS_UNAVAILABLE"},
                                                    {limit_exceeded, "LIMIT_EXCEEDED"},
                                                    {image_archived, "IMAGE_ARCHIVED"},
                                                    {image_size_exceeded, "IMAGE_SIZE_EXCEEDED"}}};
};
template <>
struct EnumTable<ImageFailureCode> {
    using enum ImageFailureCode;
    static constexpr EnumRows<ImageFailureCode, 11> rows{{{invalid_digest, "InvalidImageDigest"},
                                                          {invalid_tag, "InvalidImageTag"},
                                                          {tag_does_not_match, "ImageTagDoesNotMatchDigest"},
                                                          {not_found, "ImageNotFound"},
                                                          {missing_both, "MissingDigestAndTag"},
                                                          {referenced, "ImageReferencedByManifestList"},
                                                          {kms_error, "KmsError"},
                                                          {upstream_access_denied, "UpstreamAccessDenied"},
                                                          {upstream_too_many_requests, "UpstreamTooManyRequests"},
                                                          {upstream_unavailable, "UpstreamUnavailable"},
                                                          {inaccessible, "ImageInaccessible"}}};
};

}  // namespace berth::api::aws
