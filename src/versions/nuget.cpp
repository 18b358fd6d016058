// NuGet's order: https://learn.microsoft.com/en-us/nuget/concepts/package-versioning
//
// One to four numbers, a missing one is 0; then a pre-release as in Semantic Versioning, but without regard to case,
// with leading zeros allowed. A label of digits is a number only where it fits 32 bits, as NuGet's own code has it.
#include "versions/orders.hpp"
#include "versions/semver.hpp"
#include "versions/text.hpp"

#include <array>

namespace berth::versions {

namespace {

constexpr std::size_t most_numbers = 4;
constexpr std::string_view largest_label = "2147483647";

struct Parts {
    std::array<std::string_view, most_numbers> numbers;
    std::string_view pre_release;
};

std::optional<Parts> parse(std::string_view text) {
    Parts parts;
    if (!drop_build(text)) return std::nullopt;
    for (std::size_t i = 0; i < most_numbers; ++i) {
        if (i > 0 && !take(text, '.')) break;
        parts.numbers[i] = take_digits(text);
        if (parts.numbers[i].empty()) return std::nullopt;
    }
    if (text.empty()) return parts;
    if (!take(text, '-') || !are_identifiers(text)) return std::nullopt;
    parts.pre_release = text;
    return parts;
}

std::string_view take_label(std::string_view& text) {
    const auto label = text.substr(0, text.find('.'));
    text.remove_prefix(label.size());
    static_cast<void>(take(text, '.'));
    return label;
}

std::strong_ordering compare_labels(std::string_view a, std::string_view b) {
    const bool a_number = all_digits(a) && compare_numbers(a, largest_label) <= 0;
    const bool b_number = all_digits(b) && compare_numbers(b, largest_label) <= 0;
    if (a_number != b_number) return a_number ? std::strong_ordering::less : std::strong_ordering::greater;
    return a_number ? compare_numbers(a, b) : compare_ignoring_case(a, b);
}

std::strong_ordering compare_pre_releases(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return a.empty() <=> b.empty();
    while (!a.empty() && !b.empty()) {
        if (const auto order = compare_labels(take_label(a), take_label(b)); order != 0) return order;
    }
    return b.empty() <=> a.empty();
}

}  // namespace

Order compare_nuget(std::string_view a, std::string_view b) {
    const auto left = parse(a);
    const auto right = parse(b);
    if (!left || !right) return std::nullopt;
    for (std::size_t i = 0; i < most_numbers; ++i) {
        if (const auto order = compare_numbers(left->numbers[i], right->numbers[i]); order != 0) return order;
    }
    return compare_pre_releases(left->pre_release, right->pre_release);
}

}  // namespace berth::versions
