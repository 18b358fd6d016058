// The text inside signed statements: fields, one a line.
#pragma once

#include "base/clock.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::auth {

// Throws std::invalid_argument for a field with a control character: it could pose as two.
[[nodiscard]] std::string join_lines(std::initializer_list<std::string_view> fields);
// nullopt unless there are exactly `count` fields.
[[nodiscard]] std::optional<std::vector<std::string_view>> split_lines(std::string_view text, std::size_t count);

[[nodiscard]] std::string to_text(Timestamp time);
[[nodiscard]] std::optional<Timestamp> parse_time(std::string_view text);

}  // namespace berth::auth
