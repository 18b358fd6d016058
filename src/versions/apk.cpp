// Alpine's order: apk-package(5), "Package versions"
// (https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd), as apk-tools 3 has it.
//
// number{.number}[letter]{_suffix[number]}[~hash][-rN]. Where one ends and the other goes on, the longer is the newer,
// unless it goes on with a suffix of a pre-release. A number with a leading zero, except the first, is compared as
// text.
#include "versions/orders.hpp"
#include "versions/text.hpp"

#include <array>

namespace berth::versions {

namespace {

// In the order the parts may come in. What ends earlier in this list has more to follow, so it is the newer of two.
enum class Kind { first_number, number, letter, suffix, suffix_number, hash, revision, end };

struct Token {
    Kind kind = Kind::first_number;
    std::string_view text;
    int suffix = 0;  // negative: before the release
};

struct Suffix {
    std::string_view word;
    int rank;
};
constexpr std::array suffixes{
    Suffix{"alpha", -4}, Suffix{"beta", -3}, Suffix{"pre", -2}, Suffix{"rc", -1}, Suffix{"cvs", 1},
    Suffix{"svn", 2},    Suffix{"git", 3},   Suffix{"hg", 4},   Suffix{"p", 5},
};

bool read_number(std::string_view& text, Token& token, Kind kind) {
    token.kind = kind;
    token.text = take_digits(text);
    return !token.text.empty();
}

bool read_suffix(std::string_view& text, Token& token) {
    token.kind = Kind::suffix;
    token.text = take_while(text, is_lower);
    for (const auto& [word, rank] : suffixes) {
        token.suffix = rank;
        if (token.text == word) return true;
    }
    return false;
}

bool read_hash(std::string_view& text, Token& token) {
    token.kind = Kind::hash;
    token.text = take_while(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
    return !token.text.empty();
}

// The part after `token`. False: it may not stand there.
bool advance(std::string_view& text, Token& token) {
    const auto before = token.kind;
    if (text.empty()) {
        token = {.kind = Kind::end, .text = {}, .suffix = 0};
        return true;
    }
    const char c = text.front();
    if (is_digit(c)) return before == Kind::suffix && read_number(text, token, Kind::suffix_number);
    text.remove_prefix(1);
    if (c == '.') return before <= Kind::number && read_number(text, token, Kind::number);
    if (c == '_') return before <= Kind::suffix_number && read_suffix(text, token);
    if (c == '~') return before < Kind::hash && read_hash(text, token);
    if (c == '-') return before < Kind::revision && take(text, 'r') && read_number(text, token, Kind::revision);
    if (!is_lower(c) || before > Kind::number) return false;
    token = {.kind = Kind::letter, .text = std::string_view(text.data() - 1, 1), .suffix = 0};
    return true;
}

bool has_form(std::string_view text) {
    Token token;
    if (!read_number(text, token, Kind::first_number)) return false;
    while (token.kind != Kind::end) {
        if (!advance(text, token)) return false;
    }
    return true;
}

std::strong_ordering compare_same_kind(const Token& a, const Token& b) {
    switch (a.kind) {
        case Kind::number:
            if (a.text.front() == '0' || b.text.front() == '0') return a.text.compare(b.text) <=> 0;
            return compare_numbers(a.text, b.text);
        case Kind::first_number:
        case Kind::suffix_number:
        case Kind::revision:
            return compare_numbers(a.text, b.text);
        case Kind::letter:
        case Kind::hash:
            return a.text.compare(b.text) <=> 0;
        case Kind::suffix:
            return a.suffix <=> b.suffix;
        case Kind::end:
            break;
    }
    return std::strong_ordering::equal;
}

bool is_pre_release(const Token& token) {
    return token.kind == Kind::suffix && token.suffix < 0;
}

}  // namespace

Order compare_apk(std::string_view a, std::string_view b) {
    if (!has_form(a) || !has_form(b)) return std::nullopt;
    Token left;
    Token right;
    read_number(a, left, Kind::first_number);
    read_number(b, right, Kind::first_number);
    while (left.kind == right.kind && left.kind != Kind::end) {
        if (const auto order = compare_same_kind(left, right); order != 0) return order;
        advance(a, left);
        advance(b, right);
    }
    if (left.kind == right.kind) return std::strong_ordering::equal;
    if (is_pre_release(left)) return std::strong_ordering::less;
    if (is_pre_release(right)) return std::strong_ordering::greater;
    return right.kind <=> left.kind;
}

}  // namespace berth::versions
