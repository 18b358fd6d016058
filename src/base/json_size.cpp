#include "base/json_size.hpp"

namespace berth {

namespace {

// The place behind the string whose text begins at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
    for (;;) {
        at = text.find_first_of("\"\\", at);
        if (at == std::string_view::npos) return text.size();
        if (text[at] == '"') return at + 1;
        at += 2;  // an escape: its second character ends nothing
    }
}

}  // namespace

bool has_more_json_values(std::string_view text, std::size_t limit) {
    std::size_t count = 1;
    for (std::size_t at = 0; at < text.size();) {
        switch (text[at++]) {
            case '"':
                at = skip_string(text, at);
                break;
            case ',':
            case ':':
            case '[':
            case '{':
                if (++count > limit) return true;
                break;
            default:
                break;
        }
    }
    return false;
}

}  // namespace berth
