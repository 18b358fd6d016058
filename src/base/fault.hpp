// What went wrong, in the domain's own words.
//
// A Fault is an expected failure: something a caller asked for cannot be had. Bugs and broken machines throw
// instead. The kind is the only thing code may branch on; the two protocol edges each map it to their own error
// (src/api/faults.cpp holds that table). The message is for people and never carries a secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace berth {

enum class FaultKind : std::uint8_t {
    // what the caller sent
    invalid_parameter,      // a value breaks a constraint of the API
    invalid_name,           // not a repository name
    invalid_digest,         // not a digest, or an algorithm this registry does not know
    invalid_reference,      // neither a tag nor a digest
    invalid_manifest,       // not a manifest this registry understands
    digest_mismatch,        // the content has another digest than the one given
    size_mismatch,          // the body is shorter or longer than announced
    invalid_range,          // a chunk or part that does not continue the upload
    too_large,              // over a configured limit
    too_many_requests,      // over a configured rate or number
    invalid_tag_parameter,  // resource tags
    too_many_tags,          // resource tags
    empty_upload,           // an upload is completed without a byte
    layer_part_too_small,   // a part that is not the last is under 5 MiB
    unsupported,            // understood, but not offered
    // who the caller is
    unauthenticated,  // no credentials, or not valid ones
    token_expired,
    access_denied,
    // what is (not) there
    repository_not_found,
    repository_exists,
    repository_not_empty,
    image_not_found,
    image_exists,      // the same digest already stands under the same tag
    tag_immutable,     // the tag exists and may not move
    image_referenced,  // an index still names the image
    referenced_images_not_found,
    blob_not_found,
    blob_referenced,   // a manifest still names the blob
    layers_not_found,  // a manifest names blobs the repository does not have
    layer_exists,
    layer_inaccessible,  // the blob is there, but no image names it
    upload_not_found,
    upload_busy,  // another request is writing to the same upload
    lifecycle_policy_not_found,
    lifecycle_preview_not_found,    // none was started
    lifecycle_preview_in_progress,  // one at a time
    storage_class_fixed,            // the image cannot change its storage class now
    scan_not_found,                 // the image was never scanned
    unsupported_image_type,         // nothing that could be scanned: an index, an attestation, a chart
    image_archived,
    not_offered,  // by the registry's configuration
    limit_exceeded,
    // what the machine says
    deadline,  // took too long
    storage_full,
    unavailable,  // cannot be answered now; a retry may succeed
    internal,
};

struct Fault {
    FaultKind kind = FaultKind::internal;
    std::string message;
    // invalid_range only: how many bytes of the upload the registry has.
    std::optional<std::uint64_t> received = std::nullopt;
};

}  // namespace berth
