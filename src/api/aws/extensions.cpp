#include "api/aws/extensions.hpp"

#include <array>

namespace berth::api::aws {

namespace {

using namespace extension;

constexpr std::array all{
    &list_deleted_images,
    &purge_deleted_images,
    &restore_images,
};

constexpr Service berth{.target_prefix = "Berth.", .operations = all};

}  // namespace

const Service& berth_service() {
    return berth;
}

}  // namespace berth::api::aws
