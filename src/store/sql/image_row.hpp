// The columns of an image i, and the value they make.
#pragma once

#include "model/image.hpp"
#include "store/sql/connection.hpp"

namespace berth::store::sql {

// In the order read_image() takes them. A macro because only literals become queries.
#define BERTH_IMAGE_COLUMNS                                                                                   \
    "i.id, i.repository, i.digest, i.media_type, i.artifact_type, i.manifest_size, i.image_size, i.subject, " \
    "i.annotations, i.pushed_at, i.last_pulled_at, i.status"

[[nodiscard]] model::Image read_image(const Rows& row);

}  // namespace berth::store::sql
