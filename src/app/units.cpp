#include "app/units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace berth::app {

namespace {

using Units = std::array<std::pair<std::string_view, std::uint64_t>, 5>;

constexpr Units size_units{
    {{"TiB", 1ULL << 40}, {"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"", 1}}};
constexpr Units duration_units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

std::optional<std::uint64_t> parse(std::string_view text, const Units& units) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& [name, factor] : units) {
        if (name != unit) continue;
        if (number > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
        return number * factor;
    }
    return std::nullopt;
}

std::string show(std::uint64_t value, const Units& units) {
    for (const auto& [name, factor] : units) {
        if (value % factor == 0 && (value != 0 || factor == 1 || name == "s")) {
            return std::to_string(value / factor) + std::string(name);
        }
    }
    return std::to_string(value);
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
    return parse(text, size_units);
}
std::string show_size(std::uint64_t bytes) {
    return show(bytes, size_units);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto value = parse(text, duration_units);
    if (!value) return std::nullopt;
    return std::chrono::milliseconds(*value);
}
std::string show_duration(std::chrono::milliseconds duration) {
    return show(static_cast<std::uint64_t>(duration.count()), duration_units);
}

}  // namespace berth::app
