// May an existing tag move? Pure; the rule is behaviour of Amazon ECR ("Preventing image tags from being overwritten").
#pragma once

#include "model/repository.hpp"

#include <string_view>

namespace berth::registry {

// '*' is any run of characters, also none; everything else is itself; the whole tag must match.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view text);

[[nodiscard]] bool is_immutable(const model::TagMutabilityRule& rule, std::string_view tag);

}  // namespace berth::registry
