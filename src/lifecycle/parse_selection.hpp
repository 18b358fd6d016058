// The selection of one rule; for the .cpp files of this room.
#pragma once

#include "lifecycle/policy.hpp"
#include "lifecycle/schema.hpp"

#include <string>

namespace berth::lifecycle {

// `action` is the rule's: which counts are allowed depends on it.
[[nodiscard]] Selection parse_selection(const boost::json::value& value, ActionType action, const Options& options,
                                        const std::string& at, Refusals& refusals);

}  // namespace berth::lifecycle
