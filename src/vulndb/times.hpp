// Dates as feeds write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace berth::vulndb {

// "2024-03-11", "2024-03-11T05:20:56.476279Z", "2024-03-11 05:20:56", "...+02:00", and seconds since 1970 as digits.
// Milliseconds since 1970; nullopt: not a date, or before 1970.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace berth::vulndb
