// The 512 bytes in front of every tar entry, and the records of pax headers: pure functions over bounded bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace berth::archive {

inline constexpr std::size_t tar_block = 512;

// Each takes a whole block.
[[nodiscard]] bool is_zero_block(const char* block);
[[nodiscard]] bool has_right_checksum(const char* block);
[[nodiscard]] std::string tar_name(const char* block);  // with ustar's or star's prefix
[[nodiscard]] std::string tar_link(const char* block);
[[nodiscard]] std::uint32_t tar_mode(const char* block);
// Nothing when it is no number, negative, or beyond what can be counted with its padding.
[[nodiscard]] std::optional<std::uint64_t> tar_size(const char* block);

// Calls `record` for each "length key=value\n"; false when the text is not made of such.
[[nodiscard]] bool each_pax_record(std::string_view text,
                                   const std::function<bool(std::string_view key, std::string_view value)>& record);
[[nodiscard]] std::optional<std::uint64_t> pax_number(std::string_view text);

}  // namespace berth::archive
