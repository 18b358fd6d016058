// Actions as IAM names them. Front ends and services name them by these constants, never by text.
#pragma once

#include <string_view>

namespace berth::iam {

struct Action {
    std::string_view name;
    friend bool operator==(const Action&, const Action&) = default;
};

namespace action {

inline constexpr Action batch_check_layer_availability{"ecr:BatchCheckLayerAvailability"};
inline constexpr Action batch_delete_image{"ecr:BatchDeleteImage"};
inline constexpr Action batch_get_image{"ecr:BatchGetImage"};
inline constexpr Action batch_get_repository_scanning_configuration{"ecr:BatchGetRepositoryScanningConfiguration"};
inline constexpr Action complete_layer_upload{"ecr:CompleteLayerUpload"};
inline constexpr Action create_repository{"ecr:CreateRepository"};
inline constexpr Action delete_lifecycle_policy{"ecr:DeleteLifecyclePolicy"};
inline constexpr Action delete_repository{"ecr:DeleteRepository"};
inline constexpr Action describe_image_scan_findings{"ecr:DescribeImageScanFindings"};
inline constexpr Action describe_images{"ecr:DescribeImages"};
inline constexpr Action describe_registry{"ecr:DescribeRegistry"};
inline constexpr Action describe_repositories{"ecr:DescribeRepositories"};
inline constexpr Action get_authorization_token{"ecr:GetAuthorizationToken"};
inline constexpr Action get_download_url_for_layer{"ecr:GetDownloadUrlForLayer"};
inline constexpr Action get_lifecycle_policy{"ecr:GetLifecyclePolicy"};
inline constexpr Action get_lifecycle_policy_preview{"ecr:GetLifecyclePolicyPreview"};
inline constexpr Action get_registry_scanning_configuration{"ecr:GetRegistryScanningConfiguration"};
inline constexpr Action initiate_layer_upload{"ecr:InitiateLayerUpload"};
inline constexpr Action list_images{"ecr:ListImages"};
inline constexpr Action list_tags_for_resource{"ecr:ListTagsForResource"};
inline constexpr Action put_image{"ecr:PutImage"};
inline constexpr Action put_image_scanning_configuration{"ecr:PutImageScanningConfiguration"};
inline constexpr Action put_image_tag_mutability{"ecr:PutImageTagMutability"};
inline constexpr Action put_lifecycle_policy{"ecr:PutLifecyclePolicy"};
inline constexpr Action put_registry_scanning_configuration{"ecr:PutRegistryScanningConfiguration"};
inline constexpr Action start_image_scan{"ecr:StartImageScan"};
inline constexpr Action start_lifecycle_policy_preview{"ecr:StartLifecyclePolicyPreview"};
inline constexpr Action tag_resource{"ecr:TagResource"};
inline constexpr Action untag_resource{"ecr:UntagResource"};
inline constexpr Action update_image_storage_class{"ecr:UpdateImageStorageClass"};
inline constexpr Action upload_layer_part{"ecr:UploadLayerPart"};

// What ECR does not have.
inline constexpr Action delete_default_lifecycle_policy{"berth:DeleteDefaultLifecyclePolicy"};
inline constexpr Action delete_scan_suppression_rule{"berth:DeleteScanSuppressionRule"};
inline constexpr Action get_default_lifecycle_policies{"berth:GetDefaultLifecyclePolicies"};
inline constexpr Action get_governing_lifecycle_policy{"berth:GetGoverningLifecyclePolicy"};
inline constexpr Action list_deleted_images{"berth:ListDeletedImages"};
inline constexpr Action list_scan_suppression_rules{"berth:ListScanSuppressionRules"};
inline constexpr Action purge_deleted_images{"berth:PurgeDeletedImages"};
inline constexpr Action put_default_lifecycle_policy{"berth:PutDefaultLifecyclePolicy"};
inline constexpr Action put_scan_suppression_rule{"berth:PutScanSuppressionRule"};
inline constexpr Action put_scan_tag_patterns{"berth:PutScanTagPatterns"};
inline constexpr Action rescan_images{"berth:RescanImages"};
inline constexpr Action restore_images{"berth:RestoreImages"};

}  // namespace action

}  // namespace berth::iam
