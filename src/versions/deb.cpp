// Debian's order: Debian Policy, section 5.6.12 ("Version"), https://www.debian.org/doc/debian-policy/
//
// [epoch:]upstream[-revision]; the revision begins at the last hyphen. Upstream and revision are compared in turns of
// text and number: in text '~' comes before everything, even the end, and letters before all other characters.
#include "versions/orders.hpp"
#include "versions/text.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace berth::versions {

namespace {

struct Parts {
    std::string_view epoch;
    std::string_view upstream;
    std::string_view revision;
};

// dpkg keeps an epoch in an int and refuses what does not fit.
bool is_epoch(std::string_view text) {
    return all_digits(text) && compare_numbers(text, "2147483647") <= 0;
}

using CharacterSet = std::array<bool, 256>;

constexpr CharacterSet set_of(std::string_view others) {
    CharacterSet set{};
    for (int c = 0; c < 256; ++c) {
        const auto character = static_cast<char>(c);
        set[static_cast<std::size_t>(c)] = is_alphanumeric(character) || others.contains(character);
    }
    return set;
}
constexpr CharacterSet in_revision = set_of(".+~");
constexpr CharacterSet in_upstream = set_of(".+~-:");

bool belongs(char c, const CharacterSet& set) {
    return set[static_cast<unsigned char>(c)];
}

std::optional<Parts> parse(std::string_view text) {
    Parts parts;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        parts.epoch = text.substr(0, colon);
        if (!is_epoch(parts.epoch)) return std::nullopt;
        text.remove_prefix(colon + 1);
    }
    if (const auto hyphen = text.rfind('-'); hyphen != std::string_view::npos) {
        parts.revision = text.substr(hyphen + 1);
        if (parts.revision.empty()) return std::nullopt;
        text = text.substr(0, hyphen);
    }
    parts.upstream = text;
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    if (!std::ranges::all_of(text, [](char c) { return belongs(c, in_upstream); })) return std::nullopt;
    if (!std::ranges::all_of(parts.revision, [](char c) { return belongs(c, in_revision); })) return std::nullopt;
    return parts;
}

// Where a character of a text part sorts; the end of the part and the digit that ends it are 0.
int weight(std::string_view text) {
    if (text.empty() || is_digit(text.front())) return 0;
    const char c = text.front();
    if (c == '~') return -1;
    return is_letter(c) ? c : c + 256;
}

// How long both begin alike, without a number that may go on differently.
std::size_t same_beginning(std::string_view a, std::string_view b) {
    const auto [left, right] = std::ranges::mismatch(a, b);
    auto length = static_cast<std::size_t>(left - a.begin());
    while (length > 0 && is_digit(a[length - 1])) --length;
    return length;
}

// Versions that are compared mostly differ late.
std::strong_ordering compare_part(std::string_view a, std::string_view b) {
    const auto same = same_beginning(a, b);
    a.remove_prefix(same);
    b.remove_prefix(same);
    while (!a.empty() || !b.empty()) {
        while (weight(a) != 0 || weight(b) != 0) {
            if (const auto order = weight(a) <=> weight(b); order != 0) return order;
            a.remove_prefix(1);
            b.remove_prefix(1);
        }
        if (const auto order = compare_numbers(take_digits(a), take_digits(b)); order != 0) return order;
    }
    return std::strong_ordering::equal;
}

}  // namespace

Order compare_deb(std::string_view a, std::string_view b) {
    const auto left = parse(a);
    const auto right = parse(b);
    if (!left || !right) return std::nullopt;
    if (const auto order = compare_numbers(left->epoch, right->epoch); order != 0) return order;
    if (const auto order = compare_part(left->upstream, right->upstream); order != 0) return order;
    return compare_part(left->revision, right->revision);
}

}  // namespace berth::versions
