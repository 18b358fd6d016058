#include "model/names.hpp"

#include <algorithm>

namespace berth::model {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower_alnum(char c) {
    return is_lower(c) || is_digit(c);
}
constexpr bool is_word(char c) {
    return is_lower_alnum(c) || is_upper(c) || c == '_';
}
constexpr bool is_hex_lower(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

// Length of the separator that starts `rest`, 0 when there is no legal one: '.', '_', '__' or a run of '-'.
std::size_t separator_length(std::string_view rest) {
    if (rest.front() == '.') return 1;
    if (rest.starts_with("__")) return 2;
    if (rest.front() == '_') return 1;
    return std::min(rest.find_first_not_of('-'), rest.size());
}

bool is_path_component(std::string_view part) {
    std::size_t at = 0;
    for (;;) {
        const auto run_start = at;
        while (at < part.size() && is_lower_alnum(part[at])) ++at;
        if (at == run_start) return false;
        if (at == part.size()) return true;
        const auto separator = separator_length(part.substr(at));
        if (separator == 0) return false;
        at += separator;
    }
}

}  // namespace

std::optional<AccountId> AccountId::parse(std::string_view text) {
    if (text.size() != 12 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
    return AccountId(std::string(text));
}

std::optional<Region> Region::parse(std::string_view text) {
    if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return std::nullopt;
    if (!std::ranges::all_of(text, [](char c) { return is_lower_alnum(c) || c == '-'; })) return std::nullopt;
    return Region(std::string(text));
}

bool RepositoryName::matches_pattern(std::string_view text) {
    for (;;) {
        const auto slash = text.find('/');
        if (!is_path_component(text.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        text.remove_prefix(slash + 1);
    }
}

std::optional<RepositoryName> RepositoryName::parse(std::string_view text) {
    if (text.size() < min_length || text.size() > max_length || !matches_pattern(text)) return std::nullopt;
    return RepositoryName(std::string(text));
}

std::optional<Tag> Tag::parse(std::string_view text) {
    if (text.empty() || text.size() > 128 || !is_word(text.front())) return std::nullopt;
    if (!std::ranges::all_of(text, [](char c) { return is_word(c) || c == '.' || c == '-'; })) return std::nullopt;
    return Tag(std::string(text));
}

std::optional<UploadId> UploadId::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : !is_hex_lower(text[i])) return std::nullopt;
    }
    return UploadId(std::string(text));
}

}  // namespace berth::model
