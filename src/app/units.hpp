// Sizes and durations as people write them: 64KiB, 4MiB, 10GiB, 500ms, 2s, 5m, 12h, 7d.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::app {

// Bytes; a bare number is bytes. Powers of 1024 (KiB, MiB, GiB, TiB).
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
[[nodiscard]] std::string show_size(std::uint64_t bytes);

// A unit is required: ms, s, m, h or d.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
[[nodiscard]] std::string show_duration(std::chrono::milliseconds duration);

}  // namespace berth::app
