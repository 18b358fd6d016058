// Maven's order: https://maven.apache.org/pom.html#version-order-specification, as Maven 3.9 has it.
//
// A version is a list of numbers and words whose last element may be a list again: every hyphen opens one, and so does
// every change between digits and letters. Each list loses its trailing nulls (0, "", final, ga, release). Since a list
// is opened only at the end of the one before it, all of them lie in one flat row of items, with a mark where each
// begins.
#include "versions/orders.hpp"
#include "versions/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace berth::versions {

namespace {

enum class Kind : std::uint8_t { end, word, list, number };  // from the lowest to the highest, at one place

struct Item {
    Kind kind;
    std::uint8_t rank;  // words: their place among the known ones
    Piece piece;        // numbers: digits without leading zeros; unknown words: the word, in any case
};

constexpr std::uint8_t release_rank = 5;
constexpr std::uint8_t unknown_rank = 7;

struct Word {
    std::string_view word;
    std::uint8_t rank;
};
constexpr std::array known_words{
    Word{"alpha", 0},
    Word{"beta", 1},
    Word{"milestone", 2},
    Word{"rc", 3},
    Word{"cr", 3},
    Word{"snapshot", 4},
    Word{"final", release_rank},
    Word{"ga", release_rank},
    Word{"release", release_rank},
    Word{"sp", 6},
};

std::uint8_t rank_of(std::string_view word, bool before_digit) {
    if (word.empty()) return release_rank;
    if (before_digit && word.size() == 1) {
        const char c = lower(word.front());
        if (c == 'a') return 0;
        if (c == 'b') return 1;
        if (c == 'm') return 2;
    }
    for (const auto& [known, rank] : known_words) {
        if (compare_ignoring_case(word, known) == 0) return rank;
    }
    return unknown_rank;
}

// The row of items of one version, read once from the front.
class Items {
public:
    explicit Items(std::string_view text) { read(text); }

    // One past the last item: `end`.
    [[nodiscard]] const Item& operator[](std::size_t i) const { return i < size_ ? items_[i] : end_; }

private:
    // A character makes at most one item and two lists.
    static constexpr std::size_t capacity = 3 * max_length + 3;
    static constexpr Item end_{.kind = Kind::end, .rank = 0, .piece = {}};

    void read(std::string_view text);
    void add_number(std::string_view digits) {
        items_[size_++] = {.kind = Kind::number, .rank = 0, .piece = Piece::of(without_leading_zeros(digits))};
    }
    void add_word(std::string_view word, bool before_digit) {
        items_[size_++] = {.kind = Kind::word, .rank = rank_of(word, before_digit), .piece = Piece::of(word)};
    }
    void open_list() {
        trim();
        items_[size_++] = {.kind = Kind::list, .rank = 0, .piece = {}};
        start_ = size_;
    }
    [[nodiscard]] bool list_is_empty() const { return size_ == start_; }
    // Drops the trailing nulls of the list that is open.
    void trim();
    void trim_empty_lists();

    std::array<Item, capacity> items_;
    std::size_t size_ = 0;
    std::size_t start_ = 0;  // of the open list
};

bool is_null(const Item& item) {
    if (item.kind == Kind::number) return item.piece.size == 0;
    return item.kind == Kind::word && item.rank == release_rank;
}

void Items::trim() {
    while (size_ > start_ && is_null(items_[size_ - 1])) --size_;
}

void Items::trim_empty_lists() {
    trim();
    while (size_ > 0 && (items_[size_ - 1].kind == Kind::list || is_null(items_[size_ - 1]))) --size_;
}

void Items::read(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        auto rest = text.substr(i);
        if (is_digit(rest.front())) {
            const auto digits = take_digits(rest);
            i += digits.size();
            add_number(digits);
            if (i < text.size() && text[i] != '.' && text[i] != '-') {
                open_list();
                continue;
            }
        } else {
            const auto word = take_while(rest, [](char c) { return !is_digit(c) && c != '.' && c != '-'; });
            i += word.size();
            const bool before_digit = i < text.size() && is_digit(text[i]);
            // A word before a digit, or at the end, opens a list of its own: 1.0.RC1 is 1.0-RC1.
            if (!word.empty() && (before_digit || i == text.size()) && !list_is_empty()) open_list();
            if (word.empty()) {
                add_number({});
            } else {
                add_word(word, before_digit);
            }
            if (before_digit) {
                open_list();
                continue;
            }
        }
        if (i == text.size()) break;
        if (text[i++] == '-') open_list();
    }
    trim_empty_lists();
}

std::strong_ordering compare_to_nothing(const Item& item) {
    if (item.kind == Kind::number)
        return item.piece.size == 0 ? std::strong_ordering::equal : std::strong_ordering::greater;
    return item.kind == Kind::word ? item.rank <=> release_rank : std::strong_ordering::equal;
}

std::strong_ordering compare_items(const Item& a, const Item& b) {
    if (a.kind == Kind::end && b.kind != Kind::end) return 0 <=> compare_to_nothing(b);
    if (b.kind == Kind::end) return compare_to_nothing(a);
    if (a.kind != b.kind) return a.kind <=> b.kind;
    if (a.kind == Kind::number) return compare_numbers(a.piece.text(), b.piece.text());
    if (a.kind != Kind::word) return std::strong_ordering::equal;
    if (a.rank != b.rank || a.rank != unknown_rank) return a.rank <=> b.rank;
    return compare_ignoring_case(a.piece.text(), b.piece.text());
}

bool is_printable(char c) {
    return c > ' ' && c <= '~';
}

}  // namespace

Order compare_maven(std::string_view a, std::string_view b) {
    if (!std::ranges::all_of(a, is_printable) || !std::ranges::all_of(b, is_printable)) return std::nullopt;
    const Items left(a);
    const Items right(b);
    for (std::size_t i = 0; left[i].kind != Kind::end || right[i].kind != Kind::end; ++i) {
        if (const auto order = compare_items(left[i], right[i]); order != 0) return order;
    }
    return std::strong_ordering::equal;
}

}  // namespace berth::versions
