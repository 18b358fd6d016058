// The schema, as numbered steps that are only ever added to: a step that was released never changes.
#pragma once

#include "base/result.hpp"
#include "store/sql/connection.hpp"
#include "store/sql/dialect.hpp"

#include <span>
#include <string_view>

namespace berth::store::sql {

struct Migration {
    int version;            // 1, 2, 3 ... without a gap
    std::string_view text;  // statements; dialect words in braces
};

[[nodiscard]] std::span<const Migration> migrations();

// Brings the schema to the last of `steps`; the caller's transaction surrounds it, so all of it happens or nothing.
// Fault unavailable: the database was written by a newer program. Throws sql::Error.
[[nodiscard]] Result<void> migrate(Connection& db, const Dialect& dialect, std::span<const Migration> steps);

}  // namespace berth::store::sql
