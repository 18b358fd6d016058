// The time stamps of Signature Version 4.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::auth {

// 20150830T123600Z
[[nodiscard]] std::string to_basic_iso(Timestamp time);
[[nodiscard]] std::optional<Timestamp> parse_basic_iso(std::string_view text);
// Sun, 30 Aug 2015 12:36:00 GMT
[[nodiscard]] std::optional<Timestamp> parse_http_date(std::string_view text);

}  // namespace berth::auth
