// May an existing tag move? Pure; the rule is behaviour of Amazon ECR ("Preventing image tags from being overwritten").
#pragma once

#include "model/repository.hpp"

#include <string_view>

namespace berth::registry {

[[nodiscard]] bool is_immutable(const model::TagMutabilityRule& rule, std::string_view tag);

}  // namespace berth::registry
