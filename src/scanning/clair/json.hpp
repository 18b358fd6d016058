// JSON of another server, read past where it is not what was expected. Inside this room only.
#pragma once

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace berth::scanning::clair {

// nullopt: no JSON, no object, or nested too deeply.
[[nodiscard]] std::optional<boost::json::object> parse_object(std::string_view text);

// What is not there, or of another kind, is empty.
[[nodiscard]] const boost::json::object& object_at(const boost::json::object& in, std::string_view key);
[[nodiscard]] const boost::json::array& array_at(const boost::json::object& in, std::string_view key);
[[nodiscard]] std::string text_at(const boost::json::object& in, std::string_view key);

}  // namespace berth::scanning::clair
