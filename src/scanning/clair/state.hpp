// What Clair says of its own data, as the generation that findings are of. Pure.
#pragma once

#include "base/result.hpp"
#include "vulndb/database.hpp"

#include <optional>
#include <string_view>

namespace berth::scanning::clair {

// `index_state`: the body of /indexer/api/v1/index_state. `update_operations`: of
// /matcher/api/v1/internal/update_operation?latest=true; nullopt: this Clair does not tell, and then `day` (any text
// that changes now and then) stands for it. Fault: invalid_parameter (no such bodies).
[[nodiscard]] Result<vulndb::Freshness> state_of(std::string_view index_state,
                                                 std::optional<std::string_view> update_operations,
                                                 std::string_view day);

}  // namespace berth::scanning::clair
