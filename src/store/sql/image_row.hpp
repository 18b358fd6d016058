// The columns of an image i, and the value they make.
#pragma once

#include "model/image.hpp"
#include "store/sql/connection.hpp"

namespace berth::store::sql {

// In the order read_image() takes them. Macros because only literals become queries. The annotations may be as large
// as a manifest: only the list that shows them reads them.
#define BERTH_IMAGE_COLUMNS_WITH(annotations)                                                      \
    "i.id, i.repository, i.digest, i.media_type, i.artifact_type, i.manifest_size, i.image_size, " \
    "i.subject, " annotations ", i.pushed_at, i.last_pulled_at, i.status"
#define BERTH_IMAGE_COLUMNS BERTH_IMAGE_COLUMNS_WITH("''")
#define BERTH_REFERRER_COLUMNS BERTH_IMAGE_COLUMNS_WITH("i.annotations")

[[nodiscard]] model::Image read_image(const Rows& row);

}  // namespace berth::store::sql
