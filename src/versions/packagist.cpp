// Composer's order: https://getcomposer.org/doc/articles/versions.md, normalised as composer/semver does and compared
// as PHP's version_compare() does (https://www.php.net/manual/en/function.version-compare.php).
//
// Up to four numbers, or a date; then a stability (dev < alpha < beta < RC < none < patch) with numbers of its own. A
// numeric branch (2.x-dev) stands behind all its releases. Other branches (dev-master) have no order at all.
#include "versions/orders.hpp"
#include "versions/text.hpp"

#include <algorithm>
#include <array>

namespace berth::versions {

namespace {

// Ranks of version_compare(); a number counts as `number` where it meets a word.
enum class Rank { dev, alpha, beta, candidate, number, patch };

struct Part {
    Rank rank;
    Piece digits;
};

class Parts {
public:
    // Two characters make a part at the least, besides the four numbers that are filled up and two words.
    static constexpr std::size_t capacity = max_length / 2 + 8;

    void clear() { size_ = 0; }
    void add_number(std::string_view digits) { parts_[size_++] = {.rank = Rank::number, .digits = Piece::of(digits)}; }
    void add_word(Rank rank) { parts_[size_++] = {.rank = rank, .digits = {}}; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const Part& operator[](std::size_t i) const { return parts_[i]; }

private:
    std::array<Part, capacity> parts_;
    std::size_t size_ = 0;
};

struct Word {
    std::string_view word;
    Rank rank;
};
// A longer word before the one it begins with.
constexpr std::array stabilities{
    Word{"stable", Rank::number}, Word{"beta", Rank::beta},   Word{"b", Rank::beta},
    Word{"rc", Rank::candidate},  Word{"alpha", Rank::alpha}, Word{"a", Rank::alpha},
    Word{"patch", Rank::patch},   Word{"pl", Rank::patch},    Word{"p", Rank::patch},
};

constexpr std::size_t full_numbers = 4;

bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

// Takes a separator of `set` off, where `belongs` says so of the character after it.
template <class Predicate>
bool take_separated(std::string_view& text, std::string_view set, Predicate belongs) {
    if (text.size() < 2 || !is_one_of(text[0], set) || !belongs(text[1])) return false;
    text.remove_prefix(1);
    return true;
}

bool take_dev(std::string_view& text) {
    auto rest = text;
    if (!rest.empty() && is_one_of(rest.front(), ".-")) rest.remove_prefix(1);
    if (!starts_with_ignoring_case(rest, "dev")) return false;
    text = rest.substr(3);
    return true;
}

// "[separator] [stability [numbers]] [dev]", up to the end of the text.
bool read_stability(std::string_view text, Parts& parts) {
    auto rest = text;
    if (!rest.empty() && is_one_of(rest.front(), "._-")) rest.remove_prefix(1);
    const auto* found = std::ranges::find_if(
        stabilities, [&](const Word& known) { return starts_with_ignoring_case(rest, known.word); });
    if (found != stabilities.end()) {
        text = rest.substr(found->word.size());
        if (found->rank != Rank::number) parts.add_word(found->rank);
        while (!text.empty() && (is_digit(text.front()) || take_separated(text, ".-", is_digit))) {
            const auto digits = take_digits(text);
            if (found->rank != Rank::number) parts.add_number(digits);
        }
        // "stable" ends a version: what follows has no say.
        if (take_dev(text) && found->rank != Rank::number) parts.add_word(Rank::dev);
        return text.empty();
    }
    if (take_dev(text) || take_dev(rest)) {
        parts.add_word(Rank::dev);
        return text.empty() || rest.empty();
    }
    return rest.empty();
}

// 1 to 4 numbers, the first of at most five digits.
bool read_classical(std::string_view text, Parts& parts) {
    constexpr std::size_t most_digits = 5;
    auto digits = take_digits(text);
    if (digits.empty() || digits.size() > most_digits) return false;
    parts.add_number(digits);
    while (parts.size() < full_numbers && take_separated(text, ".", is_digit)) parts.add_number(take_digits(text));
    while (parts.size() < full_numbers) parts.add_number("0");
    return read_stability(text, parts);
}

// Four digits of a year, one to six pairs of digits, and one to three digits more; separators between them as one
// likes.
bool read_date(std::string_view text, Parts& parts) {
    constexpr std::size_t year = 4;
    constexpr std::size_t most_pairs = 6;
    constexpr std::size_t most_rest = 3;
    auto digits = take_digits(text);
    if (digits.size() < year) return false;
    parts.add_number(digits);
    std::size_t pairs = 0;
    std::size_t run = digits.size() - year;
    while (take_separated(text, ".:-", is_digit)) {
        // Only the last run may be of an odd length.
        if (run % 2 != 0 || pairs > most_pairs) return false;
        pairs += run / 2;
        digits = take_digits(text);
        run = digits.size();
        parts.add_number(digits);
    }
    for (std::size_t rest = 0; rest <= std::min(run, most_rest); ++rest) {
        const auto all = pairs + (run - rest) / 2;
        if ((run - rest) % 2 == 0 && all >= 1 && all <= most_pairs) return read_stability(text, parts);
    }
    return false;
}

// 2.x-dev: what is not given is larger than any release.
bool read_branch(std::string_view text, Parts& parts) {
    constexpr std::string_view beyond = "9999999";
    const auto is_place = [](char c) { return is_digit(c) || is_one_of(c, "xX*"); };
    auto digits = take_digits(text);
    if (digits.empty()) return false;
    parts.add_number(digits);
    while (parts.size() < full_numbers && take_separated(text, ".", is_place)) {
        digits = take_digits(text);
        if (digits.empty()) text.remove_prefix(1);
        parts.add_number(digits.empty() ? beyond : digits);
    }
    while (parts.size() < full_numbers) parts.add_number(beyond);
    parts.add_word(Rank::dev);
    return take_dev(text) && text.empty();
}

std::string_view without_build(std::string_view text) {
    const auto plus = text.find('+');
    return plus == 0 || plus == std::string_view::npos || plus + 1 == text.size() ? text : text.substr(0, plus);
}

std::string_view without_stability_flag(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) return text;
    const auto flag = text.substr(at + 1);
    const auto is_flag = [&](std::string_view known) { return compare_ignoring_case(flag, known) == 0; };
    constexpr std::array<std::string_view, 5> flags{"stable", "rc", "beta", "alpha", "dev"};
    return std::ranges::any_of(flags, is_flag) ? text.substr(0, at) : text;
}

bool parse(std::string_view text, Parts& parts) {
    if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~' || c == ','; })) return false;
    text = without_build(without_stability_flag(text));
    if (starts_with_ignoring_case(text, "v")) text.remove_prefix(1);
    for (const auto read : {read_classical, read_date, read_branch}) {
        parts.clear();
        if (read(text, parts)) return true;
    }
    return false;
}

std::strong_ordering compare_parts(const Part& a, const Part& b) {
    if (a.rank != b.rank) return a.rank <=> b.rank;
    return compare_numbers(a.digits.text(), b.digits.text());
}

// The first part that only the longer one has: a number makes it newer, a word is weighed against none.
std::strong_ordering compare_rest(const Part& part) {
    return part.rank == Rank::number ? std::strong_ordering::greater : part.rank <=> Rank::number;
}

}  // namespace

Order compare_packagist(std::string_view a, std::string_view b) {
    Parts left;
    Parts right;
    if (!parse(a, left) || !parse(b, right)) return std::nullopt;
    const auto common = std::min(left.size(), right.size());
    for (std::size_t i = 0; i < common; ++i) {
        if (const auto order = compare_parts(left[i], right[i]); order != 0) return order;
    }
    if (left.size() > common) return compare_rest(left[common]);
    if (right.size() > common) return 0 <=> compare_rest(right[common]);
    return std::strong_ordering::equal;
}

}  // namespace berth::versions
