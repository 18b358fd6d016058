// Semantic Versioning 2.0.0 (https://semver.org), as npm, Go and Cargo have it. Build metadata has no say.
//
// Numbers are of any length. npm and Go allow a leading "v"; so does this order everywhere, since feeds write it. Go
// also knows the short forms 1 and 1.2 (https://pkg.go.dev/golang.org/x/mod/semver).
#include "versions/semver.hpp"

#include "versions/orders.hpp"
#include "versions/text.hpp"

#include <array>

namespace berth::versions {

namespace {

constexpr std::size_t core_numbers = 3;

struct Parts {
    std::array<std::string_view, core_numbers> numbers;
    std::string_view pre_release;  // empty: a release
};

bool has_leading_zero(std::string_view digits) {
    return digits.size() > 1 && digits.front() == '0';
}

std::string_view take_identifier(std::string_view& text) {
    const auto identifier = text.substr(0, text.find('.'));
    text.remove_prefix(identifier.size());
    static_cast<void>(take(text, '.'));
    return identifier;
}

bool is_pre_release(std::string_view text) {
    if (!are_identifiers(text)) return false;
    while (!text.empty()) {
        const auto identifier = take_identifier(text);
        if (all_digits(identifier) && has_leading_zero(identifier)) return false;
    }
    return true;
}

std::optional<Parts> parse(std::string_view text, bool short_form) {
    Parts parts;
    static_cast<void>(take(text, 'v'));
    if (!drop_build(text)) return std::nullopt;
    for (std::size_t i = 0; i < core_numbers; ++i) {
        if (i > 0 && !take(text, '.')) {
            if (short_form && text.empty()) return parts;
            return std::nullopt;
        }
        parts.numbers[i] = take_digits(text);
        if (parts.numbers[i].empty() || has_leading_zero(parts.numbers[i])) return std::nullopt;
    }
    if (text.empty()) return parts;
    if (!take(text, '-') || !is_pre_release(text)) return std::nullopt;
    parts.pre_release = text;
    return parts;
}

// Numbers before texts, numbers by value, texts by their bytes; the longer of two that begin alike comes later.
std::strong_ordering compare_pre_releases(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return a.empty() <=> b.empty();
    while (!a.empty() && !b.empty()) {
        const auto left = take_identifier(a);
        const auto right = take_identifier(b);
        const bool numeric = all_digits(left);
        if (numeric != all_digits(right)) return numeric ? std::strong_ordering::less : std::strong_ordering::greater;
        const auto order = numeric ? compare_numbers(left, right) : left.compare(right) <=> 0;
        if (order != 0) return order;
    }
    return b.empty() <=> a.empty();
}

Order compare_semver(std::string_view a, std::string_view b, bool short_form) {
    const auto left = parse(a, short_form);
    const auto right = parse(b, short_form);
    if (!left || !right) return std::nullopt;
    for (std::size_t i = 0; i < core_numbers; ++i) {
        if (const auto order = compare_numbers(left->numbers[i], right->numbers[i]); order != 0) return order;
    }
    return compare_pre_releases(left->pre_release, right->pre_release);
}

}  // namespace

bool are_identifiers(std::string_view text) {
    while (true) {
        const auto identifier = take_while(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
        if (identifier.empty()) return false;
        if (text.empty()) return true;
        if (!take(text, '.')) return false;
    }
}

bool drop_build(std::string_view& text) {
    const auto plus = text.find('+');
    if (plus == std::string_view::npos) return true;
    const auto build = text.substr(plus + 1);
    text = text.substr(0, plus);
    return are_identifiers(build);
}

Order compare_npm(std::string_view a, std::string_view b) {
    return compare_semver(a, b, false);
}

Order compare_go(std::string_view a, std::string_view b) {
    return compare_semver(a, b, true);
}

Order compare_crates(std::string_view a, std::string_view b) {
    return compare_semver(a, b, false);
}

}  // namespace berth::versions
