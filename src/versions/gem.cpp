// RubyGems' order: https://docs.ruby-lang.org/en/master/Gem/Version.html
//
// Runs of digits and runs of letters are segments; a segment of letters makes a pre-release and sorts before any
// number;
// '-' stands for ".pre.". Zeros at the end, and at the end of what is before the first letters, do not count.
#include "versions/orders.hpp"
#include "versions/text.hpp"

#include <array>

namespace berth::versions {

namespace {

struct Segment {
    Piece piece;
    bool number;

    [[nodiscard]] bool is_zero() const { return number && without_leading_zeros(piece.text()).empty(); }
};

class Segments {
public:
    explicit Segments(std::string_view text) {
        bool letters_seen = false;
        while (!text.empty()) {
            const char c = text.front();
            if (is_digit(c)) {
                add(take_digits(text), true);
                continue;
            }
            if (c == '.') {
                text.remove_prefix(1);
                continue;
            }
            if (!letters_seen) drop_zeros();
            letters_seen = true;
            if (take(text, '-')) {
                add("pre", false);
            } else {
                add(take_while(text, is_letter), false);
            }
        }
        drop_zeros();
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const Segment& operator[](std::size_t i) const { return segments_[i]; }

private:
    void add(std::string_view text, bool number) { segments_[size_++] = {.piece = Piece::of(text), .number = number}; }
    void drop_zeros() {
        while (size_ > 0 && segments_[size_ - 1].is_zero()) --size_;
    }

    std::array<Segment, max_length> segments_;
    std::size_t size_ = 0;
};

// N{.part}[-identifiers], parts of digits and letters.
bool has_form(std::string_view text) {
    if (take_digits(text).empty()) return false;
    while (take(text, '.')) {
        if (take_while(text, is_alphanumeric).empty()) return false;
    }
    if (text.empty()) return true;
    if (!take(text, '-')) return false;
    do {
        if (take_while(text, [](char c) { return is_alphanumeric(c) || c == '-'; }).empty()) return false;
    } while (take(text, '.'));
    return text.empty();
}

std::strong_ordering compare_segments(const Segment& a, const Segment& b) {
    if (a.number != b.number) return a.number <=> b.number;
    return a.number ? compare_numbers(a.piece.text(), b.piece.text()) : a.piece.text().compare(b.piece.text()) <=> 0;
}

// What is left of the longer one, against nothing: letters are older than it, a number that counts is newer.
std::strong_ordering compare_rest(const Segments& segments, std::size_t from) {
    for (std::size_t i = from; i < segments.size(); ++i) {
        if (!segments[i].number) return std::strong_ordering::less;
        if (!segments[i].is_zero()) return std::strong_ordering::greater;
    }
    return std::strong_ordering::equal;
}

}  // namespace

Order compare_gem(std::string_view a, std::string_view b) {
    if (!has_form(a) || !has_form(b)) return std::nullopt;
    const Segments left(a);
    const Segments right(b);
    const auto common = left.size() < right.size() ? left.size() : right.size();
    for (std::size_t i = 0; i < common; ++i) {
        if (const auto order = compare_segments(left[i], right[i]); order != 0) return order;
    }
    if (left.size() > common) return compare_rest(left, common);
    return 0 <=> compare_rest(right, common);
}

}  // namespace berth::versions
