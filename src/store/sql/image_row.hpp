// The columns of an image i, and the value they make.
#pragma once

#include "model/image.hpp"
#include "store/sql/connection.hpp"

namespace berth::store::sql {

// In the order read_image() takes them. Macros because only literals become queries. The annotations may be as large
// as a manifest: only the list that shows them reads them.
#define BERTH_IMAGE_COLUMNS_WITH(annotations)                                                      \
    "i.id, i.repository, i.digest, i.media_type, i.artifact_type, i.manifest_size, i.image_size, " \
    "i.subject, " annotations ", i.pushed_at, i.last_pulled_at, i.status, i.last_archived_at, i.last_activated_at"
#define BERTH_IMAGE_COLUMNS BERTH_IMAGE_COLUMNS_WITH("''")
#define BERTH_REFERRER_COLUMNS BERTH_IMAGE_COLUMNS_WITH("i.annotations")

// How many columns that are: where those of a longer row begin.
inline constexpr int image_columns = 14;

[[nodiscard]] model::Image read_image(const Rows& row);

}  // namespace berth::store::sql
