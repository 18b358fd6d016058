// The services of this endpoint and their operations. A new operation is a file under operations/ and a line in both
// lists of its service: this file and catalog.cpp hold ECR's, extensions.hpp and extensions.cpp hold Berth's own.
#pragma once

#include "api/aws/operation.hpp"

#include <span>
#include <string>
#include <string_view>

namespace berth::api::aws {

namespace operation {

extern const Operation batch_check_layer_availability;
extern const Operation batch_delete_image;
extern const Operation batch_get_image;
extern const Operation batch_get_repository_scanning_configuration;
extern const Operation complete_layer_upload;
extern const Operation create_repository;
extern const Operation delete_lifecycle_policy;
extern const Operation delete_repository;
extern const Operation describe_image_scan_findings;
extern const Operation describe_images;
extern const Operation describe_registry;
extern const Operation describe_repositories;
extern const Operation get_authorization_token;
extern const Operation get_download_url_for_layer;
extern const Operation get_lifecycle_policy;
extern const Operation get_lifecycle_policy_preview;
extern const Operation get_registry_scanning_configuration;
extern const Operation initiate_layer_upload;
extern const Operation list_images;
extern const Operation list_tags_for_resource;
extern const Operation put_image;
extern const Operation put_image_scanning_configuration;
extern const Operation put_image_tag_mutability;
extern const Operation put_lifecycle_policy;
extern const Operation put_registry_scanning_configuration;
extern const Operation start_image_scan;
extern const Operation start_lifecycle_policy_preview;
extern const Operation tag_resource;
extern const Operation untag_resource;
extern const Operation update_image_storage_class;
extern const Operation upload_layer_part;

}  // namespace operation

// A service as X-Amz-Target names it: PREFIX.OPERATION.
struct Service {
    std::string_view target_prefix;                // with the dot
    std::span<const Operation* const> operations;  // by name, ascending
};

// Amazon's: exactly its operations, so that the model check stays true.
[[nodiscard]] const Service& ecr_service();

// By the whole value of X-Amz-Target. Null when no service has it.
[[nodiscard]] const Operation* find_operation(std::string_view target);
// {"CreateRepository":{"input":...,"output":...},...}
[[nodiscard]] std::string dump_model(const Service& service);

}  // namespace berth::api::aws
