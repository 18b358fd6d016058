#include "inventory/language_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace berth::inventory {

namespace {

// Versions are ASCII in every ecosystem.
bool can_be_a_version(std::string_view text) {
    const auto visible = [](char c) { return c > 0x20 && c < 0x7F; };
    return !text.empty() && text.size() <= max_name_length && std::ranges::all_of(text, visible);
}

struct Blank {
    char32_t first;
    char32_t last;
};
// What cannot be seen where a name is shown, or turns its line around: controls, spaces, marks of direction, what joins
// and what is no character (Unicode: Cc, Z, Cf, private use).
constexpr std::array blanks{
    Blank{0x00, 0x20},     Blank{0x7F, 0xA0},     Blank{0xAD, 0xAD},     Blank{0x061C, 0x061C},
    Blank{0x115F, 0x1160}, Blank{0x1680, 0x1680}, Blank{0x180B, 0x180F}, Blank{0x2000, 0x200F},
    Blank{0x2028, 0x202F}, Blank{0x205F, 0x206F}, Blank{0x3000, 0x3000}, Blank{0x3164, 0x3164},
    Blank{0xE000, 0xF8FF}, Blank{0xFDD0, 0xFDEF}, Blank{0xFE00, 0xFE0F}, Blank{0xFEFF, 0xFEFF},
    Blank{0xFFA0, 0xFFA0}, Blank{0xFFF0, 0xFFFB}, Blank{0xFFFE, 0xFFFF}, Blank{0xE0000, 0x10FFFF},
};

// Takes one character off; nullopt: no UTF-8 (Unicode, table 3-7: neither overlong forms nor surrogates).
std::optional<char32_t> take_character(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || text.size() < length) return std::nullopt;
    char32_t value = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
        value = value << 6U | (byte(i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
    text.remove_prefix(length);
    return value;
}

// NuGet takes letters of every script, and packages with a Cyrillic letter in a well-known name are what malware is
// made of. Elsewhere names are ASCII, and others find no advisory.
bool can_be_a_name(std::string_view text) {
    if (text.empty() || text.size() > max_name_length) return false;
    while (!text.empty()) {
        const auto character = take_character(text);
        if (!character) return false;
        const auto is_in = [c = *character](const Blank& blank) { return c >= blank.first && c <= blank.last; };
        if (std::ranges::any_of(blanks, is_in)) return false;
    }
    return true;
}

}  // namespace

std::unexpected<Fault> unreadable(std::string message) {
    return fail(FaultKind::invalid_parameter, std::move(message));
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

std::optional<std::string_view> quoted(std::string_view text) {
    const auto from = text.find_first_of("\"'");
    if (from == std::string_view::npos) return std::nullopt;
    const auto end = text.find(text[from], from + 1);
    if (end == std::string_view::npos) return std::nullopt;
    return text.substr(from + 1, end - from - 1);
}

Package* add_package(std::vector<Package>& packages, PackageType type, std::string_view name,
                     std::string_view version) {
    if (!can_be_a_name(name) || !can_be_a_version(version)) return nullptr;
    auto& package = packages.emplace_back();
    package.type = type;
    package.name = name;
    package.version = version;
    return &package;
}

}  // namespace berth::inventory
