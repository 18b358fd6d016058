#include "versions/version.hpp"

#include "versions/orders.hpp"

#include <algorithm>
#include <array>

namespace berth::versions {

namespace {

struct Entry {
    Scheme scheme;
    std::string_view name;
    Order (*compare)(std::string_view, std::string_view);
};

// In the order of the enumeration.
constexpr std::array entries{
    Entry{Scheme::deb, "deb", compare_deb},
    Entry{Scheme::rpm, "rpm", compare_rpm},
    Entry{Scheme::apk, "apk", compare_apk},
    Entry{Scheme::npm, "npm", compare_npm},
    Entry{Scheme::go, "go", compare_go},
    Entry{Scheme::crates, "crates", compare_crates},
    Entry{Scheme::pypi, "pypi", compare_pypi},
    Entry{Scheme::maven, "maven", compare_maven},
    Entry{Scheme::gem, "gem", compare_gem},
    Entry{Scheme::nuget, "nuget", compare_nuget},
    Entry{Scheme::packagist, "packagist", compare_packagist},
};

const Entry& entry_of(Scheme scheme) {
    return entries[static_cast<std::size_t>(scheme)];
}

bool has_fair_length(std::string_view text) {
    return !text.empty() && text.size() <= max_length;
}

}  // namespace

Order compare(Scheme scheme, std::string_view a, std::string_view b) {
    if (!has_fair_length(a) || !has_fair_length(b)) return std::nullopt;
    return entry_of(scheme).compare(a, b);
}

std::string_view name_of(Scheme scheme) {
    return entry_of(scheme).name;
}

std::optional<Scheme> parse_scheme(std::string_view name) {
    const auto* found = std::ranges::find(entries, name, &Entry::name);
    if (found == entries.end()) return std::nullopt;
    return found->scheme;
}

}  // namespace berth::versions
