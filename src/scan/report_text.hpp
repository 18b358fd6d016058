// What the writers of reports share: text that comes from an image, made fit for a terminal and for JSON.
#pragma once

#include <string>
#include <string_view>

namespace berth::scan {

// UTF-8 without control characters (C0, DEL, C1), which could steer a terminal; white space becomes one space, bytes
// that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

// How many columns a printable text takes, at one for each code point.
[[nodiscard]] std::size_t columns_of(std::string_view printable_text);

// The first `columns` code points, the last of them an ellipsis where something was cut.
[[nodiscard]] std::string cut(std::string printable_text, std::size_t columns);

}  // namespace berth::scan
