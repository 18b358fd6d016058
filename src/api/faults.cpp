#include "api/faults.hpp"

#include <array>

namespace berth::api {

namespace {

using enum FaultKind;

constexpr std::array<FaultRow, fault_kinds> rows{{
    {invalid_parameter, "InvalidParameterException", 400, "UNSUPPORTED", 400},
    {invalid_name, "InvalidParameterException", 400, "NAME_INVALID", 400},
    // On the ECR API an image's digest is a failure entry or a parameter; what is left are layers.
    {invalid_digest, "InvalidLayerException", 400, "DIGEST_INVALID", 400},
    {invalid_reference, "InvalidParameterException", 400, "TAG_INVALID", 400},
    {invalid_manifest, "InvalidParameterException", 400, "MANIFEST_INVALID", 400},
    {digest_mismatch, "ImageDigestDoesNotMatchException", 400, "DIGEST_INVALID", 400},
    {size_mismatch, "InvalidParameterException", 400, "SIZE_INVALID", 400},
    {invalid_range, "InvalidLayerPartException", 400, "BLOB_UPLOAD_INVALID", 416},
    {too_large, "InvalidParameterException", 400, "SIZE_INVALID", 413},
    {too_many_requests, "ThrottlingException", 400, "TOOMANYREQUESTS", 429},
    {invalid_tag_parameter, "InvalidTagParameterException", 400, "UNSUPPORTED", 400},
    {too_many_tags, "TooManyTagsException", 400, "UNSUPPORTED", 400},
    {empty_upload, "EmptyUploadException", 400, "BLOB_UPLOAD_INVALID", 400},
    {layer_part_too_small, "LayerPartTooSmallException", 400, "BLOB_UPLOAD_INVALID", 400},
    {unsupported, "InvalidParameterException", 400, "UNSUPPORTED", 405},

    {unauthenticated, "UnrecognizedClientException", 400, "UNAUTHORIZED", 401},
    // ECR answers an expired token with DENIED, so that clients show the sentence instead of asking again.
    {token_expired, "ExpiredTokenException", 400, "DENIED", 403},
    {access_denied, "AccessDeniedException", 400, "DENIED", 403},

    {repository_not_found, "RepositoryNotFoundException", 400, "NAME_UNKNOWN", 404},
    {repository_exists, "RepositoryAlreadyExistsException", 400, "NAME_INVALID", 400},
    {repository_not_empty, "RepositoryNotEmptyException", 400, "UNSUPPORTED", 405},
    {image_not_found, "ImageNotFoundException", 400, "MANIFEST_UNKNOWN", 404},
    {image_exists, "ImageAlreadyExistsException", 400, "TAG_INVALID", 400},
    {tag_immutable, "ImageTagAlreadyExistsException", 400, "TAG_INVALID", 400},
    {image_referenced, "InvalidParameterException", 400, "UNSUPPORTED", 405},
    {referenced_images_not_found, "ReferencedImagesNotFoundException", 400, "MANIFEST_BLOB_UNKNOWN", 404},
    {blob_not_found, "LayersNotFoundException", 400, "BLOB_UNKNOWN", 404},
    {blob_referenced, "InvalidParameterException", 400, "UNSUPPORTED", 405},
    {layers_not_found, "LayersNotFoundException", 400, "MANIFEST_BLOB_UNKNOWN", 404},
    {layer_exists, "LayerAlreadyExistsException", 400, "BLOB_UPLOAD_INVALID", 400},
    {layer_inaccessible, "LayerInaccessibleException", 400, "BLOB_UNKNOWN", 404},
    {upload_not_found, "UploadNotFoundException", 400, "BLOB_UPLOAD_UNKNOWN", 404},
    // The other request will be done soon: a code that SDKs try again on.
    {upload_busy, "ThrottlingException", 400, "BLOB_UPLOAD_INVALID", 409},
    {lifecycle_policy_not_found, "LifecyclePolicyNotFoundException", 400, "UNSUPPORTED", 404},
    {lifecycle_preview_not_found, "LifecyclePolicyPreviewNotFoundException", 400, "UNSUPPORTED", 404},
    {lifecycle_preview_in_progress, "LifecyclePolicyPreviewInProgressException", 400, "UNSUPPORTED", 409},
    {storage_class_fixed, "ImageStorageClassUpdateNotSupportedException", 400, "UNSUPPORTED", 409},
    {scan_not_found, "ScanNotFoundException", 400, "UNSUPPORTED", 404},
    {unsupported_image_type, "UnsupportedImageTypeException", 400, "UNSUPPORTED", 400},
    {image_archived, "ImageArchivedException", 400, "UNSUPPORTED", 409},
    {not_offered, "ValidationException", 400, "UNSUPPORTED", 405},
    {limit_exceeded, "LimitExceededException", 400, "TOOMANYREQUESTS", 429},

    {deadline, "RequestTimeoutException", 400, "UNAVAILABLE", 408},
    // 507 and not 503: a retry will not help, and clients do not try one.
    {storage_full, "ServerException", 500, "UNAVAILABLE", 507},
    {unavailable, "ServiceUnavailable", 503, "UNAVAILABLE", 503},
    {internal, "ServerException", 500, "UNKNOWN", 500},
}};

constexpr bool rows_stand_at_their_kind() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].kind != static_cast<FaultKind>(i) || rows[i].ecr_type.empty()) return false;
    }
    return true;
}
static_assert(rows_stand_at_their_kind(), "every FaultKind has its row, in the order of the enum");

}  // namespace

const FaultRow& fault_row(FaultKind kind) {
    return rows.at(static_cast<std::size_t>(kind));
}

}  // namespace berth::api
