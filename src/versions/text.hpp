// What the orders of this room share: ASCII classes without a locale, and numbers of any length.
#pragma once

#include <compare>
#include <cstddef>
#include <string_view>

namespace berth::versions {

[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
[[nodiscard]] constexpr bool is_letter(char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool is_alphanumeric(char c) {
    return is_digit(c) || is_letter(c);
}
[[nodiscard]] constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// A text for large arrays of which few places are used: unlike a string_view it leaves a place alone until it is set.
struct Piece {
    const char* data;
    std::size_t size;

    [[nodiscard]] static constexpr Piece of(std::string_view text) { return {text.data(), text.size()}; }
    [[nodiscard]] constexpr std::string_view text() const { return {data, size}; }
};

// Takes the longest run of characters that `belongs` off the front of `text`.
template <class Predicate>
[[nodiscard]] constexpr std::string_view take_while(std::string_view& text, Predicate belongs) {
    std::size_t length = 0;
    while (length < text.size() && belongs(text[length])) ++length;
    const auto run = text.substr(0, length);
    text.remove_prefix(length);
    return run;
}

[[nodiscard]] constexpr std::string_view take_digits(std::string_view& text) {
    return take_while(text, is_digit);
}

[[nodiscard]] constexpr bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

[[nodiscard]] constexpr bool all_digits(std::string_view text) {
    for (const char c : text) {
        if (!is_digit(c)) return false;
    }
    return !text.empty();
}

[[nodiscard]] constexpr std::string_view without_leading_zeros(std::string_view digits) {
    const auto first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view() : digits.substr(first);
}

// Of two runs of digits; no digits at all count as zero.
[[nodiscard]] constexpr std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    a = without_leading_zeros(a);
    b = without_leading_zeros(b);
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a.compare(b) <=> 0;
}

[[nodiscard]] constexpr std::strong_ordering compare_ignoring_case(std::string_view a, std::string_view b) {
    const auto shorter = a.size() < b.size() ? a.size() : b.size();
    for (std::size_t i = 0; i < shorter; ++i) {
        if (const auto order = lower(a[i]) <=> lower(b[i]); order != 0) return order;
    }
    return a.size() <=> b.size();
}

[[nodiscard]] constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view word) {
    return text.size() >= word.size() && compare_ignoring_case(text.substr(0, word.size()), word) == 0;
}

}  // namespace berth::versions
