// What a file is, told by how it begins: its name says nothing that one could rely on.
#pragma once

#include "base/size.hpp"
#include "vulndb/feed.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace berth::vulndb {

inline constexpr std::size_t recognisable_bytes = 256_KiB;

enum class Container : std::uint8_t { none, zip, tar, database };

// `start`: up to recognisable_bytes of the unpacked file.
[[nodiscard]] Container recognise_container(std::string_view start);
// Bytes of the mark that some editors put in front of UTF-8: it is no part of the text, and JSON has no place for it.
[[nodiscard]] std::size_t mark_bytes(std::string_view start);
// nullopt: none that is known.
[[nodiscard]] std::optional<FeedKind> recognise_feed(std::string_view start);

}  // namespace berth::vulndb
