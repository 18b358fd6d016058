#include "registry/tag_mutability.hpp"

#include "base/wildcard.hpp"

#include <algorithm>

namespace berth::registry {

bool is_immutable(const model::TagMutabilityRule& rule, std::string_view tag) {
    const bool excluded = std::ranges::any_of(
        rule.exclusions, [&](const auto& exclusion) { return matches_wildcard(exclusion.filter, tag); });
    switch (rule.value) {
        case model::TagMutability::mutable_tags:
            return false;
        case model::TagMutability::immutable_tags:
            return true;
        case model::TagMutability::immutable_with_exclusion:
            return !excluded;
        case model::TagMutability::mutable_with_exclusion:
            return excluded;
    }
    return true;
}

}  // namespace berth::registry
