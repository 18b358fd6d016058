// Berth's own service, "Berth.OPERATION": what ECR does not have, on the same endpoint, with the same protocol and
// signatures (service name ecr). docs/extensions.md describes it.
#pragma once

#include "api/aws/catalog.hpp"

namespace berth::api::aws {

namespace extension {

extern const Operation delete_default_lifecycle_policy;
extern const Operation delete_scan_suppression_rule;
extern const Operation get_default_lifecycle_policies;
extern const Operation get_governing_lifecycle_policy;
extern const Operation list_deleted_images;
extern const Operation list_scan_suppression_rules;
extern const Operation purge_deleted_images;
extern const Operation put_default_lifecycle_policy;
extern const Operation put_scan_suppression_rule;
extern const Operation put_scan_tag_patterns;
extern const Operation rescan_images;
extern const Operation restore_images;

}  // namespace extension

[[nodiscard]] const Service& berth_service();

}  // namespace berth::api::aws
