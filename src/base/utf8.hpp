// Lengths of text as people count them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace berth {

// Unicode code points of valid UTF-8. It is what a length of text means in Amazon's API models (Smithy 2.0, "length
// trait": the number of Unicode scalar values); an 'ü' is one, and so is an emoji.
[[nodiscard]] inline std::size_t count_characters(std::string_view utf8) {
    const auto begins_one = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(utf8, begins_one));
}

}  // namespace berth
