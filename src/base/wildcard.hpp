// Patterns with '*', as tag filters, lifecycle rules and registry defaults have them.
#pragma once

#include <string_view>

namespace berth {

// '*' is any run of characters, also none; everything else is itself; the whole text must match. Takes at most
// text.size() * pattern.size() steps, whatever the pattern.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace berth
