#include "vulndb/names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace berth::vulndb {

namespace {

using Names = std::pair<std::string_view, std::string_view>;

constexpr std::array<Names, 11> debian_releases{{
    {"wheezy", "7"},
    {"jessie", "8"},
    {"stretch", "9"},
    {"buster", "10"},
    {"bullseye", "11"},
    {"bookworm", "12"},
    {"trixie", "13"},
    {"forky", "14"},
    {"duke", "15"},
    {"sid", "sid"},
    {"unstable", "sid"},
}};

constexpr std::array<Names, 14> ubuntu_releases{{
    {"trusty", "14.04"},
    {"xenial", "16.04"},
    {"bionic", "18.04"},
    {"focal", "20.04"},
    {"groovy", "20.10"},
    {"hirsute", "21.04"},
    {"impish", "21.10"},
    {"jammy", "22.04"},
    {"kinetic", "22.10"},
    {"lunar", "23.04"},
    {"mantic", "23.10"},
    {"noble", "24.04"},
    {"oracular", "24.10"},
    {"plucky", "25.04"},
}};

// Ecosystems whose name is all of it; what follows a colon is the address of a repository.
constexpr std::array<std::string_view, 10> flat_ecosystems{"npm",      "PyPI",  "Go",        "Maven", "crates.io",
                                                           "RubyGems", "NuGet", "Packagist", "Wolfi", "Chainguard"};
// Ecosystems with one number after the colon.
constexpr std::array<std::string_view, 5> released_ecosystems{"Debian", "AlmaLinux", "Rocky Linux", "Amazon Linux",
                                                              "Oracle Linux"};

template <std::size_t count>
std::optional<std::string_view> look_up(const std::array<Names, count>& table, std::string_view name) {
    const auto found = std::ranges::find(table, name, &Names::first);
    if (found == table.end()) return std::nullopt;
    return found->second;
}

template <std::size_t count>
bool contains(const std::array<std::string_view, count>& table, std::string_view name) {
    return std::ranges::find(table, name) != table.end();
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::string pypi_name(std::string_view name) {
    std::string result;
    for (const char c : lower(name)) {
        const bool separator = c == '-' || c == '_' || c == '.';
        if (separator && result.ends_with('-')) continue;
        result += separator ? '-' : c;
    }
    return result;
}

// "22.04:LTS", "Pro:22.04:LTS", "Pro:FIPS-updates:20.04:LTS".
std::optional<Stream> ubuntu_stream(std::string_view release) {
    if (release.ends_with(":LTS")) release.remove_suffix(4);
    if (!release.starts_with("Pro:")) return Stream{.ecosystem = "Ubuntu", .release = std::string(release)};
    release.remove_prefix(4);
    const auto colon = release.rfind(':');
    std::string ecosystem = "Ubuntu Pro";
    if (colon != std::string_view::npos) {
        ecosystem += " " + std::string(release.substr(0, colon));
        release.remove_prefix(colon + 1);
    }
    return Stream{.ecosystem = std::move(ecosystem), .release = std::string(release)};
}

// The rest of a CPE: "enterprise_linux:9::baseos". Extended update streams and layered products are other systems.
std::optional<Stream> red_hat_stream(std::string_view product) {
    constexpr std::string_view system = "enterprise_linux:";
    if (!product.starts_with(system)) return std::nullopt;
    const auto release = product.substr(system.size(), product.find(':', system.size()) - system.size());
    const auto major = release.substr(0, release.find('.'));
    if (!all_digits(major)) return std::nullopt;
    return Stream{.ecosystem = "Red Hat", .release = std::string(major)};
}

// "Linux Enterprise Server 15 SP5" and the modules that make it up are 15.5, as os-release has it.
std::optional<Stream> suse_stream(std::string_view product) {
    for (const auto other : {"LTSS", "BCL", "ESPOS", "SAP", "Live Patching", "High Performance", "TERADATA"})
        if (product.find(other) != std::string_view::npos) return std::nullopt;
    if (!product.starts_with("Linux Enterprise ")) return std::nullopt;
    std::string pack;
    const auto last = product.rfind(' ');
    auto word = product.substr(last + 1);
    if (word.starts_with("SP") && all_digits(word.substr(2))) {
        pack = "." + std::string(word.substr(2));
        product = product.substr(0, last);
        word = product.substr(product.rfind(' ') + 1);
    }
    if (!all_digits(word)) return std::nullopt;
    const bool micro = product.find(" Micro ") != std::string_view::npos;
    return Stream{.ecosystem = micro ? "SUSE Micro" : "SUSE", .release = std::string(word) + pack};
}

std::optional<Stream> opensuse_stream(std::string_view product) {
    if (product == "Tumbleweed") return Stream{.ecosystem = "openSUSE", .release = "tumbleweed"};
    constexpr std::string_view leap = "Leap ";
    if (!product.starts_with(leap)) return std::nullopt;
    return Stream{.ecosystem = "openSUSE", .release = std::string(product.substr(leap.size()))};
}

}  // namespace

std::optional<Stream> stream_of_osv(std::string_view ecosystem) {
    const auto colon = ecosystem.find(':');
    const auto name = ecosystem.substr(0, colon);
    const auto rest = colon == std::string_view::npos ? std::string_view{} : ecosystem.substr(colon + 1);
    if (contains(flat_ecosystems, name)) return Stream{.ecosystem = std::string(name), .release = {}};
    if (contains(released_ecosystems, name))
        return Stream{.ecosystem = std::string(name), .release = std::string(rest)};
    if (name == "Alpine")
        return Stream{.ecosystem = "Alpine", .release = std::string(rest.substr(rest.starts_with('v') ? 1 : 0))};
    if (name == "Ubuntu") return ubuntu_stream(rest);
    if (name == "Red Hat") return red_hat_stream(rest);
    if (name == "SUSE") return suse_stream(rest);
    if (name == "openSUSE") return opensuse_stream(rest);
    return std::nullopt;
}

std::string debian_release(std::string_view codename) {
    return std::string(look_up(debian_releases, codename).value_or(codename));
}

std::optional<std::string> ubuntu_release(std::string_view codename) {
    const auto release = look_up(ubuntu_releases, codename);
    if (!release) return std::nullopt;
    return std::string(*release);
}

std::string normalised_name(std::string_view ecosystem, std::string_view package) {
    if (ecosystem == "PyPI") return pypi_name(package);
    if (ecosystem == "NuGet" || ecosystem == "Packagist") return lower(package);
    return std::string(package);
}

std::string_view cve_in_name(std::string_view id) {
    for (const std::string_view publisher : {"DEBIAN-", "UBUNTU-", "ALPINE-"})
        if (id.starts_with(publisher)) id.remove_prefix(publisher.size());
    return id.starts_with("CVE-") ? id : std::string_view{};
}

}  // namespace berth::vulndb
