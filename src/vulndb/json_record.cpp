#include "vulndb/json_record.hpp"

#include "base/size.hpp"
#include "vulndb/json_text.hpp"

#include <new>

namespace berth::vulndb {

namespace {

constexpr std::size_t max_depth = 64;
constexpr std::size_t first_capacity = 64_KiB;

std::optional<JsonValue> field(const JsonObject& object, std::string_view key) {
    JsonValue value;
    if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
}

}  // namespace

JsonRecords::JsonRecords() : parser_(JsonText::max_value_bytes) {
    // It grows with the records; only the depth matters here.
    if (parser_.allocate(first_capacity, max_depth) != simdjson::SUCCESS) throw std::bad_alloc();
}

std::optional<JsonObject> JsonRecords::parse(std::string_view text) {
    JsonObject object;
    if (parser_.parse(text.data(), text.size(), true).get(object) != simdjson::SUCCESS) return std::nullopt;
    return object;
}

std::string as_text(const JsonValue& value) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return {};
    return std::string(text);
}

std::optional<JsonObject> as_object(const JsonValue& value) {
    JsonObject object;
    if (value.get(object) != simdjson::SUCCESS) return std::nullopt;
    return object;
}

std::string text_of(const JsonObject& object, std::string_view key) {
    const auto value = field(object, key);
    return value ? as_text(*value) : std::string{};
}

std::vector<std::string> texts_of(const JsonObject& object, std::string_view key) {
    std::vector<std::string> texts;
    if (const auto array = array_of(object, key))
        for (const auto value : *array)
            if (auto text = as_text(value); !text.empty()) texts.push_back(std::move(text));
    return texts;
}

std::optional<JsonObject> object_of(const JsonObject& object, std::string_view key) {
    const auto value = field(object, key);
    return value ? as_object(*value) : std::nullopt;
}

std::optional<JsonArray> array_of(const JsonObject& object, std::string_view key) {
    const auto value = field(object, key);
    JsonArray array;
    if (!value || value->get(array) != simdjson::SUCCESS) return std::nullopt;
    return array;
}

bool has(const JsonObject& object, std::string_view key) {
    const auto value = field(object, key);
    return value && !value->is_null();
}

bool is_wrong_array(const JsonObject& object, std::string_view key) {
    return has(object, key) && !array_of(object, key);
}

}  // namespace berth::vulndb
