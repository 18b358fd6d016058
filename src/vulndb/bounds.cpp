#include "vulndb/bounds.hpp"

#include "versions/version.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace berth::vulndb {

namespace {

using versions::Scheme;

struct Row {
    std::string_view ecosystem;
    Scheme scheme;
};
// Those of distributions are not here: their own tools wrote the versions.
constexpr std::array<Row, 8> schemes{{
    {"npm", Scheme::npm},
    {"PyPI", Scheme::pypi},
    {"Go", Scheme::go},
    {"Maven", Scheme::maven},
    {"crates.io", Scheme::crates},
    {"RubyGems", Scheme::gem},
    {"NuGet", Scheme::nuget},
    {"Packagist", Scheme::packagist},
}};

// Whoever compares with a bound fills up what npm and crates shorten: 1.2 is 1.2.0.
bool is_bound(Scheme scheme, std::string_view text) {
    if (text.empty() || text == "0" || versions::is_version(scheme, text)) return true;
    const bool shortened = (scheme == Scheme::npm || scheme == Scheme::crates) &&
                           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    if (!shortened) return false;
    std::string filled(text);
    for (auto dots = std::ranges::count(text, '.'); dots < 2; ++dots) filled += ".0";
    return versions::is_version(scheme, filled);
}

// "2.1.0" of "2.1.0-dev1". One number alone says too little: it may be the year of a day.
std::string_view numbers_of(std::string_view text) {
    auto numbers = text.substr(0, text.find_first_not_of("0123456789."));
    while (numbers.ends_with('.')) numbers.remove_suffix(1);
    return numbers.find('.') == std::string_view::npos ? std::string_view{} : numbers;
}

bool mend(Scheme scheme, std::string& bound) {
    if (is_bound(scheme, bound)) return true;
    const auto numbers = numbers_of(bound);
    if (numbers.empty() || !is_bound(scheme, numbers)) return false;
    bound = std::string(numbers);
    return true;
}

// The bound that cannot be mended; nullptr: there is none.
const std::string* mend(Scheme scheme, Range& range) {
    if (!mend(scheme, range.introduced)) return &range.introduced;
    if (range.fixed && !mend(scheme, *range.fixed)) return &*range.fixed;
    if (range.last_affected && !mend(scheme, *range.last_affected)) return &*range.last_affected;
    return nullptr;
}

}  // namespace

std::vector<std::string> mend_bounds(std::vector<Advice>& advice) {
    std::vector<std::string> unreadable;
    std::erase_if(advice, [&](Advice& one) {
        const auto* row = std::ranges::find(schemes, one.stream.ecosystem, &Row::ecosystem);
        if (row == schemes.end()) return false;
        const auto gone = std::erase_if(one.affected.ranges, [&](Range& range) {
            const auto* bound = mend(row->scheme, range);
            if (bound == nullptr) return false;
            unreadable.push_back(one.package + ": " + *bound + " is no version of " + one.stream.ecosystem);
            return true;
        });
        return gone > 0 && one.affected.ranges.empty() && one.affected.versions.empty();
    });
    return unreadable;
}

}  // namespace berth::vulndb
