#include "api/aws/json_writer.hpp"

#include <array>
#include <charconv>
#include <cstdlib>

namespace berth::api::aws {

void write_string(std::string& out, std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 0x0F];
        } else {
            out += c;
        }
    }
    out += '"';
}

void write_number(std::string& out, std::int64_t number) {
    out += std::to_string(number);
}

void write_real(std::string& out, double number) {
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), end);
}

void write_timestamp(std::string& out, Timestamp time) {
    const auto milliseconds = time.time_since_epoch().count();
    const auto fraction = std::abs(milliseconds % 1000);
    if (milliseconds < 0 && milliseconds > -1000) out += '-';
    out += std::to_string(milliseconds / 1000);
    if (fraction == 0) return;
    const auto digits = std::to_string(1000 + fraction);
    out += '.';
    out.append(digits, 1);
}

void write_separator(std::string& out) {
    if (!out.empty() && out.back() != '{' && out.back() != '[') out += ',';
}

void write_key(std::string& out, std::string_view name) {
    write_separator(out);
    write_string(out, name);
    out += ':';
}

}  // namespace berth::api::aws
