// Python's order: PEP 440 (https://packaging.python.org/en/latest/specifications/version-specifiers/), with the
// spellings its appendix B accepts: case, "v", alternative words and separators, implicit numbers and "1.0-1" for a
// post-release.
#include "versions/orders.hpp"
#include "versions/text.hpp"

#include <array>

namespace berth::versions {

namespace {

// Which of the phases of one release, before post-releases and the like refine it.
enum class Phase { dev_only, alpha, beta, candidate, final };

struct Number {
    bool given = false;
    std::string_view digits;  // empty: 0
};

struct Parts {
    std::string_view epoch;
    std::string_view release;  // digits and dots
    Phase phase = Phase::final;
    std::string_view phase_number;
    Number post;
    Number dev;
    std::string_view local;
};

bool is_separator(char c) {
    return c == '-' || c == '_' || c == '.';
}

void skip_separator(std::string_view& text) {
    if (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
}

struct Word {
    std::string_view word;
    Phase phase;
};
// A longer word before the one it begins with.
constexpr std::array phases{
    Word{"alpha", Phase::alpha},  Word{"a", Phase::alpha},           Word{"beta", Phase::beta},
    Word{"b", Phase::beta},       Word{"preview", Phase::candidate}, Word{"pre", Phase::candidate},
    Word{"rc", Phase::candidate}, Word{"c", Phase::candidate},
};

// "[separator] word [separator] [number]"; leaves `text` alone where the word is not there.
bool take_word(std::string_view& text, std::string_view word, std::string_view& digits) {
    auto rest = text;
    skip_separator(rest);
    if (!starts_with_ignoring_case(rest, word)) return false;
    rest.remove_prefix(word.size());
    skip_separator(rest);
    digits = take_digits(rest);
    text = rest;
    return true;
}

std::string_view take_release(std::string_view& text) {
    const auto whole = text;
    auto rest = text;
    while (!take_digits(rest).empty()) {
        text = rest;
        if (!take(rest, '.')) break;
    }
    return whole.substr(0, whole.size() - text.size());
}

void take_phase(std::string_view& text, Parts& parts) {
    for (const auto& [word, phase] : phases) {
        if (!take_word(text, word, parts.phase_number)) continue;
        parts.phase = phase;
        return;
    }
}

void take_post(std::string_view& text, Parts& parts) {
    if (text.size() > 1 && text[0] == '-' && is_digit(text[1])) {
        text.remove_prefix(1);
        parts.post = {.given = true, .digits = take_digits(text)};
        return;
    }
    for (const std::string_view word : {"post", "rev", "r"}) {
        if (!take_word(text, word, parts.post.digits)) continue;
        parts.post.given = true;
        return;
    }
}

bool is_local(std::string_view text) {
    while (true) {
        if (take_while(text, is_alphanumeric).empty()) return false;
        if (text.empty()) return true;
        if (!is_separator(text.front())) return false;
        text.remove_prefix(1);
    }
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view white_space = " \t\n\r\f\v";
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::optional<Parts> parse(std::string_view text) {
    Parts parts;
    text = trimmed(text);
    if (starts_with_ignoring_case(text, "v")) text.remove_prefix(1);
    if (const auto mark = text.find('!'); mark != std::string_view::npos) {
        parts.epoch = text.substr(0, mark);
        if (!all_digits(parts.epoch)) return std::nullopt;
        text.remove_prefix(mark + 1);
    }
    parts.release = take_release(text);
    if (parts.release.empty()) return std::nullopt;
    take_phase(text, parts);
    take_post(text, parts);
    parts.dev.given = take_word(text, "dev", parts.dev.digits);
    if (parts.dev.given && parts.phase == Phase::final && !parts.post.given) parts.phase = Phase::dev_only;
    if (text.empty()) return parts;
    if (!take(text, '+') || !is_local(text)) return std::nullopt;
    parts.local = text;
    return parts;
}

std::strong_ordering compare_releases(std::string_view a, std::string_view b) {
    while (!a.empty() || !b.empty()) {
        if (const auto order = compare_numbers(take_digits(a), take_digits(b)); order != 0) return order;
        static_cast<void>(take(a, '.'));
        static_cast<void>(take(b, '.'));
    }
    return std::strong_ordering::equal;
}

// Segment by segment: numbers after words, the longer after the shorter; none at all comes first.
std::strong_ordering compare_locals(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        const auto left = take_while(a, is_alphanumeric);
        const auto right = take_while(b, is_alphanumeric);
        const bool numeric = all_digits(left);
        if (numeric != all_digits(right)) return numeric ? std::strong_ordering::greater : std::strong_ordering::less;
        const auto order = numeric ? compare_numbers(left, right) : compare_ignoring_case(left, right);
        if (order != 0) return order;
        skip_separator(a);
        skip_separator(b);
    }
    return b.empty() <=> a.empty();
}

}  // namespace

Order compare_pypi(std::string_view a, std::string_view b) {
    const auto left = parse(a);
    const auto right = parse(b);
    if (!left || !right) return std::nullopt;
    if (const auto order = compare_numbers(left->epoch, right->epoch); order != 0) return order;
    if (const auto order = compare_releases(left->release, right->release); order != 0) return order;
    if (const auto order = left->phase <=> right->phase; order != 0) return order;
    if (const auto order = compare_numbers(left->phase_number, right->phase_number); order != 0) return order;
    // A post-release comes after what it follows, a development release before what it leads to.
    if (const auto order = left->post.given <=> right->post.given; order != 0) return order;
    if (const auto order = compare_numbers(left->post.digits, right->post.digits); order != 0) return order;
    if (const auto order = right->dev.given <=> left->dev.given; order != 0) return order;
    if (const auto order = compare_numbers(left->dev.digits, right->dev.digits); order != 0) return order;
    return compare_locals(left->local, right->local);
}

}  // namespace berth::versions
