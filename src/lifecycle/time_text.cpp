#include "lifecycle/time_text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace berth::lifecycle {

namespace {

using namespace std::chrono;

constexpr Timestamp earliest = sys_days(year(1) / 1 / 1);
constexpr Timestamp latest = sys_days(year(10'000) / 1 / 1) - milliseconds(1);

std::optional<Timestamp> in_range(Timestamp time) {
    return time >= earliest && time <= latest ? std::optional(time) : std::nullopt;
}

// Takes what it expects from the front of the text, or fails for good.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (text_.empty() || text_.front() < '0' || text_.front() > '9') return fail();
            value = value * 10 + (text_.front() - '0');
            text_.remove_prefix(1);
        }
        return value;
    }
    bool skip(std::string_view any_of) {
        if (text_.empty() || !any_of.contains(text_.front())) return false;
        last_ = text_.front();
        text_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view any_of) {
        if (!skip(any_of)) fail();
    }
    // Up to any number of digits behind the point; the first three count.
    int fraction() {
        int value = 0;
        int scale = 100;
        if (text_.empty() || text_.front() < '0' || text_.front() > '9') return fail();
        while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
            value += scale * (text_.front() - '0');
            scale /= 10;
            text_.remove_prefix(1);
        }
        return value;
    }
    [[nodiscard]] char last() const { return last_; }
    [[nodiscard]] bool done() const { return text_.empty(); }
    [[nodiscard]] bool failed() const { return failed_; }
    int fail() {
        failed_ = true;
        text_ = {};
        return 0;
    }

private:
    std::string_view text_;
    char last_ = 0;
    bool failed_ = false;
};

milliseconds scan_offset(Scanner& scan) {
    if (scan.done() || scan.skip("Zz")) return {};
    scan.expect("+-");
    const int sign = scan.last() == '-' ? -1 : 1;
    const hours hour(scan.digits(2));
    scan.skip(":");
    const minutes minute(scan.digits(2));
    if (hour > hours(23) || minute > minutes(59)) scan.fail();
    return sign * (hour + minute);
}

milliseconds scan_time_of_day(Scanner& scan) {
    if (scan.done()) return {};
    scan.expect("Tt ");
    const hours hour(scan.digits(2));
    scan.expect(":");
    const minutes minute(scan.digits(2));
    seconds second{};
    milliseconds fraction{};
    if (scan.skip(":")) {
        second = seconds(scan.digits(2));
        if (scan.skip(".,")) fraction = milliseconds(scan.fraction());
    }
    if (hour > hours(23) || minute > minutes(59) || second > seconds(60)) scan.fail();
    return hour + minute + second + fraction - scan_offset(scan);
}

std::optional<Timestamp> parse_iso(std::string_view text) {
    Scanner scan(text);
    const year_month_day date = [&] {
        const year y(scan.digits(4));
        scan.expect("-");
        const month m(static_cast<unsigned>(scan.digits(2)));
        scan.expect("-");
        return y / m / day(static_cast<unsigned>(scan.digits(2)));
    }();
    const auto time = scan_time_of_day(scan);
    if (scan.failed() || !scan.done() || !date.ok()) return std::nullopt;
    return in_range(sys_days(date) + time);
}

}  // namespace

std::optional<Timestamp> from_epoch_seconds(double seconds) {
    constexpr double bound = 1e12;  // far outside, and far from what a Timestamp cannot hold
    if (!(std::abs(seconds) < bound)) return std::nullopt;
    return in_range(Timestamp(milliseconds(std::llround(seconds * 1000))));
}

std::optional<Timestamp> parse_time(std::string_view text) {
    double seconds = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
    if (error == std::errc() && end == text.data() + text.size()) return from_epoch_seconds(seconds);
    return parse_iso(text);
}

std::string to_iso_date(Timestamp time) {
    const year_month_day date(floor<days>(time));
    std::array<char, 32> text;
    const auto length = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string to_iso_time(Timestamp time) {
    const hh_mm_ss clock(time - floor<days>(time));
    std::array<char, 64> text;
    const auto length =
        std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%03d000+00:00",
                      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return to_iso_date(time) + std::string(text.data(), static_cast<std::size_t>(length));
}

}  // namespace berth::lifecycle
