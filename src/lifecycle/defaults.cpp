#include "lifecycle/defaults.hpp"

#include "base/wildcard.hpp"

#include <algorithm>
#include <utility>

namespace berth::lifecycle {

std::optional<std::size_t> pick_default(std::span<const std::string_view> patterns, std::string_view repository) {
    // More literal characters first, then the one that sorts first.
    const auto rank = [](std::string_view pattern) {
        return std::pair(-(std::ssize(pattern) - std::ranges::count(pattern, '*')), pattern);
    };
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        if (!matches_wildcard(patterns[i], repository)) continue;
        if (!best || rank(patterns[i]) < rank(patterns[*best])) best = i;
    }
    return best;
}

}  // namespace berth::lifecycle
