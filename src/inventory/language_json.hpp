// JSON files of package managers as trees, for the .cpp files of this room only.
#pragma once

#include "base/result.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace berth::inventory {

// Text that may begin with a byte order mark, as .NET's tools write it. Nesting and the number of values are limited.
// Fault: no JSON, or too much of it.
[[nodiscard]] Result<boost::json::value> parse_json_file(std::string_view text);

[[nodiscard]] inline std::string_view view(const boost::json::string& text) {
    return {text.data(), text.size()};
}

// Members that are absent or of another type: empty, or null.
[[nodiscard]] std::string_view text_member(const boost::json::object& object, std::string_view name);
[[nodiscard]] bool is_true(const boost::json::object& object, std::string_view name);
[[nodiscard]] const boost::json::object* object_member(const boost::json::object& object, std::string_view name);
[[nodiscard]] const boost::json::array* array_member(const boost::json::object& object, std::string_view name);

// Licences as one text, an object with its type, or a list of either.
[[nodiscard]] std::vector<std::string> licences_of(const boost::json::object& object);

}  // namespace berth::inventory
