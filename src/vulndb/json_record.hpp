// One record of a feed as a parsed value, and careful ways to its fields. Includes simdjson: for importers' .cpp only.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

using JsonValue = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

// Parses one record after the other; a record's values are gone with the next.
class JsonRecords {
public:
    JsonRecords();
    // nullopt: not JSON, not an object, or too deep.
    [[nodiscard]] std::optional<JsonObject> parse(std::string_view text);

private:
    simdjson::dom::parser parser_;
};

// A field that is not there, or of another type, is nothing.
[[nodiscard]] std::string text_of(const JsonObject& object, std::string_view key);
[[nodiscard]] std::vector<std::string> texts_of(const JsonObject& object, std::string_view key);
[[nodiscard]] std::optional<JsonObject> object_of(const JsonObject& object, std::string_view key);
[[nodiscard]] std::optional<JsonArray> array_of(const JsonObject& object, std::string_view key);
[[nodiscard]] std::optional<JsonObject> as_object(const JsonValue& value);
[[nodiscard]] std::string as_text(const JsonValue& value);
// Is there a field, and is it something else than null?
[[nodiscard]] bool has(const JsonObject& object, std::string_view key);
// There, but not what it must be: then the record is not understood.
[[nodiscard]] bool is_wrong_array(const JsonObject& object, std::string_view key);

}  // namespace berth::vulndb
