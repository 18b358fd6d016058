#include "scanning/clair/json.hpp"

#include <utility>

namespace berth::scanning::clair {

namespace json = boost::json;

std::optional<json::object> parse_object(std::string_view text) {
    constexpr std::size_t max_depth = 32;
    json::error_code error;
    auto value = json::parse(text, error, {}, {.max_depth = max_depth});
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

const json::object& object_at(const json::object& in, std::string_view key) {
    static const json::object none;
    const auto* value = in.if_contains(key);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

const json::array& array_at(const json::object& in, std::string_view key) {
    static const json::array none;
    const auto* value = in.if_contains(key);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

std::string text_at(const json::object& in, std::string_view key) {
    const auto* value = in.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace berth::scanning::clair
