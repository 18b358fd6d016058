#include "auth/iso_time.hpp"

#include <algorithm>

namespace berth::auth {

namespace {

using namespace std::chrono;

// Exactly these digits as a number.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<Timestamp> assemble(std::optional<int> y, std::optional<int> mon, std::optional<int> d,
                                  std::optional<int> h, std::optional<int> min, std::optional<int> s) {
    if (!y || !mon || !d || !h || !min || !s || *h > 23 || *min > 59 || *s > 59) return std::nullopt;
    const year_month_day date{year(*y), month(static_cast<unsigned>(*mon)), day(static_cast<unsigned>(*d))};
    if (!date.ok()) return std::nullopt;
    return Timestamp(sys_days(date)) + hours(*h) + minutes(*min) + seconds(*s);
}

void append(std::string& text, int value, int width) {
    std::string number = std::to_string(value);
    text.append(static_cast<std::size_t>(std::max(0, width - static_cast<int>(number.size()))), '0');
    text += number;
}

}  // namespace

std::string to_basic_iso(Timestamp time) {
    const auto day_start = floor<days>(time);
    const year_month_day date(day_start);
    const hh_mm_ss clock(floor<seconds>(time - day_start));
    std::string text;
    append(text, static_cast<int>(date.year()), 4);
    append(text, static_cast<int>(static_cast<unsigned>(date.month())), 2);
    append(text, static_cast<int>(static_cast<unsigned>(date.day())), 2);
    text += 'T';
    append(text, static_cast<int>(clock.hours().count()), 2);
    append(text, static_cast<int>(clock.minutes().count()), 2);
    append(text, static_cast<int>(clock.seconds().count()), 2);
    text += 'Z';
    return text;
}

std::optional<Timestamp> parse_basic_iso(std::string_view text) {
    if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
    return assemble(digits(text, 0, 4), digits(text, 4, 2), digits(text, 6, 2), digits(text, 9, 2), digits(text, 11, 2),
                    digits(text, 13, 2));
}

std::optional<Timestamp> parse_http_date(std::string_view text) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
    if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':') return std::nullopt;
    const auto at = months.find(text.substr(8, 3));
    if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
    return assemble(digits(text, 12, 4), static_cast<int>(at / 3) + 1, digits(text, 5, 2), digits(text, 17, 2),
                    digits(text, 20, 2), digits(text, 23, 2));
}

}  // namespace berth::auth
