#include "api/aws/patterns.hpp"

#include "model/names.hpp"

#include <algorithm>

namespace berth::api::aws::patterns {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_lower_alnum(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}
constexpr bool is_alnum(char c) {
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool all_of(std::string_view text, bool (*accepts)(char)) {
    return !text.empty() && std::ranges::all_of(text, accepts);
}

}  // namespace

bool registry_id(std::string_view text) {
    return text.size() == 12 && all_of(text, is_digit);
}

bool repository_name(std::string_view text) {
    return model::RepositoryName::matches_pattern(text);
}

bool upload_id(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : !is_hex(text[i])) return false;
    }
    return true;
}

bool digest(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    const auto algorithm = [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '+' || c == '.'; };
    return all_of(text.substr(0, colon), algorithm) && all_of(text.substr(colon + 1), is_hex);
}

bool image_tag(std::string_view text) {
    return all_of(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool tag_filter(std::string_view text) {
    return text.size() <= 128 &&
           all_of(text, [](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '*' || c == '-'; });
}

bool no_space(std::string_view text) {
    return all_of(text, [](char c) { return c != ' ' && (c < '\t' || c > '\r'); });
}

bool region(std::string_view text) {
    return text.size() >= 2 && text.size() <= 25 && all_of(text, [](char c) { return is_lower_alnum(c) || c == '-'; });
}

bool repository_filter(std::string_view text) {
    const auto inner = [](char c) { return is_lower_alnum(c) || c == '.' || c == '_' || c == '-'; };
    for (auto slash = text.find('/'); slash != std::string_view::npos; slash = text.find('/')) {
        const auto part = text.substr(0, slash);
        if (part.empty() || !is_lower_alnum(part.front()) || !all_of(part, inner)) return false;
        text.remove_prefix(slash + 1);
    }
    return std::ranges::all_of(text, inner);
}

bool scan_filter(std::string_view text) {
    const auto word = [](char c) { return is_lower_alnum(c) || c == '*'; };
    const auto joint = [](char c) { return c == '.' || c == '_' || c == '-' || c == '/'; };
    bool joined = true;  // a joint stands between two words
    for (const char c : text) {
        if (!word(c) && (joined || !joint(c))) return false;
        joined = !word(c);
    }
    return !joined;
}

}  // namespace berth::api::aws::patterns
