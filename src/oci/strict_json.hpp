// JSON text as a tree, for the .cpp files of this room only (Boost.JSON stays out of its public headers).
#pragma once

#include "base/result.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>

namespace berth::oci {

// Refuses what readers of the same bytes could understand differently: a key that stands twice in one object, text
// that is not UTF-8, anything after the value. Nesting ends at `depth`, and a
// tree of half a million values is not made. Fault: invalid_manifest.
[[nodiscard]] Result<boost::json::value> parse_strict_json(std::string_view bytes, std::size_t depth);

}  // namespace berth::oci
