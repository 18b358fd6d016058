#include "app/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <charconv>
#include <string_view>

namespace berth::app {

namespace json = boost::json;

namespace {

void write(std::string& out, const json::value& value);

std::string number_text(double number) {
    constexpr int digits = 15;  // as many as every double keeps
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, digits);
    return {text.data(), end.ptr};
}

void write_members(std::string& out, const json::object& object) {
    std::string_view separator;
    for (const auto& [key, value] : object) {
        out += separator;
        out += json::serialize(key);
        out += ':';
        write(out, value);
        separator = ",";
    }
}

void write_elements(std::string& out, const json::array& array) {
    std::string_view separator;
    for (const auto& value : array) {
        out += separator;
        write(out, value);
        separator = ",";
    }
}

// As deep as the tree, which whoever parsed it has bounded.
void write(std::string& out, const json::value& value) {
    if (const auto* object = value.if_object()) {
        out += '{';
        write_members(out, *object);
        out += '}';
    } else if (const auto* array = value.if_array()) {
        out += '[';
        write_elements(out, *array);
        out += ']';
    } else if (const auto* number = value.if_double()) {
        out += number_text(*number);
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string json_text(const json::value& value) {
    std::string text;
    write(text, value);
    return text;
}

}  // namespace berth::app
