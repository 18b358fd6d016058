// Times as people and the AWS command line write them.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::lifecycle {

// ISO 8601 in its extended form, "2026-11-24", "2026-11-24T13:00:05", with a fraction, "Z" or an offset like "-08:00"
// (without one: UTC); or seconds since 1970, with a fraction or without. Years 1 to 9999. What is finer than a
// millisecond is cut off.
[[nodiscard]] std::optional<Timestamp> parse_time(std::string_view text);

// Seconds since 1970 as JSON has them; nullopt outside the years 1 to 9999.
[[nodiscard]] std::optional<Timestamp> from_epoch_seconds(double seconds);

[[nodiscard]] std::string to_iso_date(Timestamp time);  // 2026-11-24
[[nodiscard]] std::string to_iso_time(Timestamp time);  // 2026-11-24T13:00:05.250000+00:00, as the AWS CLI prints it

}  // namespace berth::lifecycle
