#include "scan/report_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace berth::scan {

namespace {

struct CodePoint {
    char32_t value = 0;
    std::size_t length = 0;  // 0: no UTF-8
};

// Unicode, table 3-7: neither overlong forms nor surrogates.
CodePoint first_of(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return {.value = first, .length = 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return {};
    char32_t value = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {};
        value = value << 6U | (byte(i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < least[length] || value > 0x10FFFF || surrogate) return {};
    return {.value = value, .length = length};
}

bool is_space(char32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Controls, and marks that turn the direction of a line around.
bool steers(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool continues(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto [value, length] = first_of(text);
        if (length == 0) {
            result += "\xEF\xBF\xBD";
        } else if (is_space(value)) {
            if (!result.empty() && result.back() != ' ') result += ' ';
        } else if (!steers(value)) {
            result += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    if (result.ends_with(' ')) result.pop_back();
    return result;
}

std::size_t columns_of(std::string_view printable_text) {
    return static_cast<std::size_t>(std::ranges::count_if(printable_text, [](char c) { return !continues(c); }));
}

std::string cut(std::string printable_text, std::size_t columns) {
    if (columns_of(printable_text) <= columns) return printable_text;
    std::size_t at = 0;
    for (std::size_t seen = 0; at < printable_text.size(); ++at) {
        if (!continues(printable_text[at]) && ++seen == std::max<std::size_t>(columns, 1)) break;
    }
    printable_text.resize(at);
    return columns == 0 ? std::string{} : printable_text + "\xE2\x80\xA6";
}

}  // namespace berth::scan
