#include "api/oci/json_text.hpp"

namespace berth::api::oci {

namespace {

void append_escape(std::string& out, unsigned char c) {
    static constexpr char digits[] = "0123456789abcdef";
    out += "\\u00";
    out += digits[c >> 4];
    out += digits[c & 0x0F];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            append_escape(out, byte);
        } else {
            out += byte < 0x7F ? c : '?';
        }
    }
    out += '"';
}

}  // namespace berth::api::oci
