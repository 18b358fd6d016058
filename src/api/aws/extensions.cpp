#include "api/aws/extensions.hpp"

#include <array>

namespace berth::api::aws {

namespace {

using namespace extension;

constexpr std::array all{
    &delete_default_lifecycle_policy,
    &delete_scan_suppression_rule,
    &get_default_lifecycle_policies,
    &get_governing_lifecycle_policy,
    &list_deleted_images,
    &list_scan_suppression_rules,
    &purge_deleted_images,
    &put_default_lifecycle_policy,
    &put_scan_suppression_rule,
    &put_scan_tag_patterns,
    &rescan_images,
    &restore_images,
};

constexpr Service berth{.target_prefix = "Berth.", .operations = all};

}  // namespace

const Service& berth_service() {
    return berth;
}

}  // namespace berth::api::aws
