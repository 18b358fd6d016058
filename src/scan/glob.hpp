// Patterns of suppression rules.
#pragma once

#include <string_view>

namespace berth::scan {

// '*' is any run of characters, also none; everything else is itself; the whole text must fit. Takes time in the
// product of the lengths at worst.
[[nodiscard]] constexpr bool fits(std::string_view pattern, std::string_view text) {
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
            // Only the latest '*' needs to take one more.
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace berth::scan
