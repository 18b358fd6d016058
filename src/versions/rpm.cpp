// RPM's order: https://rpm.org/docs/latest/manual/dependencies.html ("Versioning") and rpm-version(7).
//
// [epoch:]version[-release]. Version and release are walked by runs of digits or letters; everything else only
// separates.
// '~' sorts before the end, '^' after the end but before any further run; numbers are newer than letters. The release
// counts only where both have one, so a text without it equals several that differ.
#include "versions/orders.hpp"
#include "versions/text.hpp"

#include <algorithm>

namespace berth::versions {

namespace {

struct Parts {
    std::string_view epoch;
    std::string_view version;
    std::string_view release;
};

std::optional<Parts> parse(std::string_view text) {
    Parts parts;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        parts.epoch = text.substr(0, colon);
        // ":1.0" is what rpm takes for epoch 0.
        if (!parts.epoch.empty() && !all_digits(parts.epoch)) return std::nullopt;
        text.remove_prefix(colon + 1);
    }
    const auto allowed = [](char c) {
        return is_alphanumeric(c) || std::string_view("._+~^-").find(c) != std::string_view::npos;
    };
    if (!std::ranges::all_of(text, allowed)) return std::nullopt;
    if (const auto hyphen = text.rfind('-'); hyphen != std::string_view::npos) {
        parts.release = text.substr(hyphen + 1);
        text = text.substr(0, hyphen);
        if (parts.release.empty()) return std::nullopt;
    }
    parts.version = text;
    if (!std::ranges::any_of(text, is_alphanumeric)) return std::nullopt;
    return parts;
}

// What comes next, from the lowest to the highest.
enum class Next { tilde, end, caret, letters, digits };

Next next_of(std::string_view& text) {
    const auto separates = [](char c) { return !is_alphanumeric(c) && c != '~' && c != '^'; };
    static_cast<void>(take_while(text, separates));
    if (text.empty()) return Next::end;
    if (text.front() == '~') return Next::tilde;
    if (text.front() == '^') return Next::caret;
    return is_digit(text.front()) ? Next::digits : Next::letters;
}

std::strong_ordering compare_part(std::string_view a, std::string_view b) {
    while (true) {
        const auto left = next_of(a);
        const auto right = next_of(b);
        if (left != right) return left <=> right;
        if (left == Next::end) return std::strong_ordering::equal;
        auto order = std::strong_ordering::equal;
        if (left == Next::digits) {
            order = compare_numbers(take_digits(a), take_digits(b));
        } else if (left == Next::letters) {
            order = take_while(a, is_letter).compare(take_while(b, is_letter)) <=> 0;
        } else {
            a.remove_prefix(1);
            b.remove_prefix(1);
        }
        if (order != 0) return order;
    }
}

}  // namespace

Order compare_rpm(std::string_view a, std::string_view b) {
    const auto left = parse(a);
    const auto right = parse(b);
    if (!left || !right) return std::nullopt;
    if (const auto order = compare_numbers(left->epoch, right->epoch); order != 0) return order;
    if (const auto order = compare_part(left->version, right->version); order != 0) return order;
    if (left->release.empty() || right->release.empty()) return std::strong_ordering::equal;
    return compare_part(left->release, right->release);
}

}  // namespace berth::versions
