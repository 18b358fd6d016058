#include "vulndb/times.hpp"

#include <charconv>
#include <chrono>

namespace berth::vulndb {

namespace {

// `digits` digits at the front, taken off; nullopt when they are not there.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc{} || end != text.data() + digits || value < 0) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, "-")) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, "-")) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> take_clock(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 24 || !take(text, ":")) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    const auto second = take(text, ":") ? take_number(text, 2) : 0;
    if (!second || *second > 60) return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::chrono::milliseconds take_fraction(std::string_view& text) {
    if (!take(text, ".")) return {};
    std::int64_t value = 0;
    std::int64_t scale = 1000;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
        if (scale == 1) continue;
        scale /= 10;
        value += (text.front() - '0') * scale;
    }
    return std::chrono::milliseconds(value);
}

// "Z", " UTC", "+02:00", "-0700" or nothing.
std::chrono::minutes take_zone(std::string_view text) {
    const bool west = text.starts_with('-');
    if (!take(text, "+-")) return {};
    const auto hours = take_number(text, 2);
    take(text, ":");
    const auto minutes = take_number(text, 2);
    if (!hours || !minutes) return {};
    const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return west ? -offset : offset;
}

std::optional<std::int64_t> from_seconds(std::string_view text) {
    constexpr std::size_t most_digits = 11;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || text.size() > most_digits || seconds < 0)
        return std::nullopt;
    return seconds * 1000;
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
    if (text.size() > 4 && text.find('-') == std::string_view::npos) return from_seconds(text);
    const auto date = take_date(text);
    if (!date) return std::nullopt;
    std::chrono::milliseconds time = date->time_since_epoch();
    if (take(text, "T ")) {
        const auto clock = take_clock(text);
        if (!clock) return std::nullopt;
        time += *clock;
        time += take_fraction(text);
        time -= take_zone(text);
    }
    if (time.count() < 0) return std::nullopt;
    return time.count();
}

}  // namespace berth::vulndb
