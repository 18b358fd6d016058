#include "inventory/language_json.hpp"

#include "base/json_size.hpp"
#include "inventory/language_text.hpp"

#include <boost/json/parse.hpp>

#include <cstddef>

namespace berth::inventory {

namespace json = boost::json;

namespace {

// The largest lock files of real monorepos have some hundred thousand values; a tree of a million takes about 50 MB.
constexpr std::size_t max_values = 1'000'000;
// npm's first lock format nests a package in the package that needs it.
constexpr std::size_t max_depth = 64;
constexpr std::size_t max_licences = 16;

const json::value* member(const json::object& object, std::string_view name) {
    return object.if_contains(json::string_view(name.data(), name.size()));
}

void add_licence(std::vector<std::string>& licences, const json::value& value) {
    std::string_view text;
    if (const auto* plain = value.if_string()) text = view(*plain);
    if (const auto* object = value.if_object()) text = text_member(*object, "type");
    if (text.empty() || text.size() > max_name_length || licences.size() == max_licences) return;
    licences.emplace_back(text);
}

}  // namespace

Result<json::value> parse_json_file(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (has_more_json_values(text, max_values)) return unreadable("too many JSON values");
    json::parse_options options;
    options.max_depth = max_depth;
    json::error_code error;
    auto value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
    if (error) return unreadable("not valid JSON: " + error.message());
    return value;
}

std::string_view text_member(const json::object& object, std::string_view name) {
    const auto* value = member(object, name);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? view(*text) : std::string_view{};
}

bool is_true(const json::object& object, std::string_view name) {
    const auto* value = member(object, name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object* object_member(const json::object& object, std::string_view name) {
    const auto* value = member(object, name);
    return value != nullptr ? value->if_object() : nullptr;
}

const json::array* array_member(const json::object& object, std::string_view name) {
    const auto* value = member(object, name);
    return value != nullptr ? value->if_array() : nullptr;
}

std::vector<std::string> licences_of(const json::object& object) {
    std::vector<std::string> licences;
    for (const auto name : {"license", "licenses"}) {
        const auto* value = member(object, name);
        if (value == nullptr) continue;
        if (const auto* list = value->if_array()) {
            for (const auto& element : *list) add_licence(licences, element);
        } else {
            add_licence(licences, *value);
        }
    }
    return licences;
}

}  // namespace berth::inventory
