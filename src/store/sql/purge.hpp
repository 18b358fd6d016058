// Removal of what repositories marked as deleted hold, in bounded steps.
#pragma once

#include "store/sql/connection.hpp"

#include <cstddef>

namespace berth::store::sql {

// At most `limit` rows, oldest deletion first; returns how many went. An image and its manifest count as one.
[[nodiscard]] std::size_t purge_deleted(Connection& db, std::size_t limit);

}  // namespace berth::store::sql
