// The texts of the schema's later steps, a file each.
#pragma once

#include <string_view>

namespace berth::store::sql {

extern const std::string_view schema_2;  // reviews of blobs, lists of images

}  // namespace berth::store::sql
