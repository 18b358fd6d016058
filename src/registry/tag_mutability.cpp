#include "registry/tag_mutability.hpp"

#include <algorithm>

namespace berth::registry {

bool matches_wildcard(std::string_view pattern, std::string_view text) {
    // Greedy with one step back: after a '*' fails to reach further, only the latest '*' needs to take one more.
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

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
