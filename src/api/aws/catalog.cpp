#include "api/aws/catalog.hpp"

#include "api/aws/extensions.hpp"
#include "api/aws/json_writer.hpp"

#include <algorithm>
#include <array>

namespace berth::api::aws {

namespace {

using namespace operation;

constexpr std::array all{
    &batch_check_layer_availability,
    &batch_delete_image,
    &batch_get_image,
    &batch_get_repository_scanning_configuration,
    &complete_layer_upload,
    &create_repository,
    &delete_lifecycle_policy,
    &delete_repository,
    &describe_image_scan_findings,
    &describe_images,
    &describe_registry,
    &describe_repositories,
    &get_authorization_token,
    &get_download_url_for_layer,
    &get_lifecycle_policy,
    &get_lifecycle_policy_preview,
    &get_registry_scanning_configuration,
    &initiate_layer_upload,
    &list_images,
    &list_tags_for_resource,
    &put_image,
    &put_image_scanning_configuration,
    &put_image_tag_mutability,
    &put_lifecycle_policy,
    &put_registry_scanning_configuration,
    &start_image_scan,
    &start_lifecycle_policy_preview,
    &tag_resource,
    &untag_resource,
    &update_image_storage_class,
    &upload_layer_part,
};

constexpr Service ecr{.target_prefix = "AmazonEC2ContainerRegistry_V20150921.", .operations = all};

const Operation* find_in(const Service& service, std::string_view name) {
    const auto found =
        std::ranges::lower_bound(service.operations, name, {}, [](const Operation* row) { return row->name; });
    return found != service.operations.end() && (*found)->name == name ? *found : nullptr;
}

}  // namespace

const Service& ecr_service() {
    return ecr;
}

const Operation* find_operation(std::string_view target) {
    for (const auto* service : {&ecr_service(), &berth_service()}) {
        if (target.starts_with(service->target_prefix)) {
            return find_in(*service, target.substr(service->target_prefix.size()));
        }
    }
    return nullptr;
}

std::string dump_model(const Service& service) {
    std::string text("{");
    for (const auto* row : service.operations) {
        write_key(text, row->name);
        row->describe(text);
    }
    text += "}\n";
    return text;
}

}  // namespace berth::api::aws
