#include "scan/system.hpp"

#include "vulndb/names.hpp"

#include <algorithm>
#include <array>

namespace berth::scan {

namespace {

using inventory::PackageType;
using versions::Scheme;

enum class Release { none, whole, major, major_minor, debian, rolling };

struct Rule {
    std::string_view id;
    std::string_view ecosystem;
    PackageType type;
    Release release;
    bool by_source;
    bool errata_beside_cves;
    std::array<std::string_view, 2> vendors = {};
};

constexpr std::array rules{
    Rule{"debian", "Debian", PackageType::deb, Release::debian, true, true},
    Rule{"ubuntu", "Ubuntu", PackageType::deb, Release::whole, true, true},
    Rule{"alpine", "Alpine", PackageType::apk, Release::major_minor, true, false},
    Rule{"wolfi", "Wolfi", PackageType::apk, Release::none, true, false},
    Rule{"chainguard", "Chainguard", PackageType::apk, Release::none, true, false},
    Rule{"rhel", "Red Hat", PackageType::rpm, Release::major, false, false, {"Red Hat"}},
    Rule{"centos", "Red Hat", PackageType::rpm, Release::major, false, false, {"CentOS"}},
    Rule{"rocky", "Rocky Linux", PackageType::rpm, Release::major, false, false, {"Rocky"}},
    Rule{"almalinux", "AlmaLinux", PackageType::rpm, Release::major, false, false, {"AlmaLinux"}},
    Rule{"amzn", "Amazon Linux", PackageType::rpm, Release::whole, false, false, {"Amazon"}},
    Rule{"ol", "Oracle Linux", PackageType::rpm, Release::major, false, false, {"Oracle America"}},
    Rule{"sles", "SUSE", PackageType::rpm, Release::whole, false, false, {"SUSE"}},
    Rule{"sled", "SUSE", PackageType::rpm, Release::whole, false, false, {"SUSE"}},
    Rule{"sle-micro", "SUSE Micro", PackageType::rpm, Release::whole, false, false, {"SUSE"}},
    Rule{"opensuse-leap", "openSUSE", PackageType::rpm, Release::whole, false, false, {"openSUSE", "SUSE"}},
    Rule{"opensuse-tumbleweed", "openSUSE", PackageType::rpm, Release::rolling, false, false, {"openSUSE"}},
};

Scheme scheme_of(PackageType type) {
    switch (type) {
        case PackageType::deb:
            return Scheme::deb;
        case PackageType::apk:
            return Scheme::apk;
        case PackageType::rpm:
            return Scheme::rpm;
        case PackageType::npm:
            return Scheme::npm;
        case PackageType::pypi:
            return Scheme::pypi;
        case PackageType::go:
            return Scheme::go;
        case PackageType::maven:
            return Scheme::maven;
        case PackageType::cargo:
            return Scheme::crates;
        case PackageType::gem:
            return Scheme::gem;
        case PackageType::nuget:
            return Scheme::nuget;
        case PackageType::composer:
            return Scheme::packagist;
    }
    return Scheme::deb;
}

std::string_view ecosystem_of(PackageType type) {
    switch (type) {
        case PackageType::npm:
            return "npm";
        case PackageType::pypi:
            return "PyPI";
        case PackageType::go:
            return "Go";
        case PackageType::maven:
            return "Maven";
        case PackageType::cargo:
            return "crates.io";
        case PackageType::gem:
            return "RubyGems";
        case PackageType::nuget:
            return "NuGet";
        case PackageType::composer:
            return "Packagist";
        case PackageType::deb:
        case PackageType::apk:
        case PackageType::rpm:
            break;
    }
    return {};
}

std::string_view first_numbers(std::string_view version, int dots) {
    std::size_t end = 0;
    while (end < version.size() && (version[end] != '.' || dots-- > 0)) ++end;
    return version.substr(0, end);
}

std::string release_of(Release kind, const inventory::Distribution& distribution) {
    const std::string_view version = distribution.version_id;
    switch (kind) {
        case Release::none:
            return {};
        case Release::whole:
            return std::string(version);
        case Release::major:
            return std::string(first_numbers(version, 0));
        case Release::major_minor:
            // A snapshot of what comes next ("3.21_alpha20240807") is the rolling branch.
            if (version.find("_alpha") != std::string_view::npos) return "edge";
            return std::string(first_numbers(version, 1));
        case Release::rolling:
            return "tumbleweed";
        case Release::debian:
            if (!version.empty()) return std::string(first_numbers(version, 0));
            return vulndb::debian_release(distribution.codename);
    }
    return {};
}

// Go's own name for a toolchain ("1.21rc2") in semantic form ("1.21.0-rc.2"); other texts as they are.
std::string toolchain_version(std::string_view version) {
    version = version.substr(0, version.find(' '));  // "1.20.5 X:boringcrypto"
    const auto numbers_end = std::min(version.find_first_not_of("0123456789."), version.size());
    const auto suffix = version.substr(numbers_end);
    const auto digits = std::min(suffix.find_first_of("0123456789"), suffix.size());
    const auto word = suffix.substr(0, digits);
    if (word != "rc" && word != "beta") return std::string(version);
    std::string result(version.substr(0, numbers_end));
    if (std::ranges::count(result, '.') == 1) result += ".0";
    return result.append("-").append(word).append(".").append(suffix.substr(digits));
}

}  // namespace

std::optional<System> system_of(const inventory::Distribution& distribution) {
    const auto* rule = std::ranges::find(rules, std::string_view(distribution.id), &Rule::id);
    if (rule == rules.end()) return std::nullopt;
    // CentOS Linux was a rebuild of Red Hat's releases; CentOS Stream runs ahead of them.
    if (rule->id == "centos" && distribution.name.find("Stream") != std::string::npos) return std::nullopt;
    auto release = release_of(rule->release, distribution);
    // The first Amazon Linux is named by its last month.
    if (rule->id == "amzn" && release.starts_with("201")) release = "1";
    if (release.empty() && rule->release != Release::none) return std::nullopt;
    return System{.stream = {.ecosystem = std::string(rule->ecosystem), .release = std::move(release)},
                  .type = rule->type,
                  .scheme = scheme_of(rule->type),
                  .by_source = rule->by_source,
                  .errata_beside_cves = rule->errata_beside_cves,
                  .vendors = rule->vendors};
}

std::optional<Subject> subject_of(const inventory::Package& package, const System* system) {
    if (inventory::is_operating_system(package.type)) {
        if (system == nullptr || package.type != system->type) return std::nullopt;
        const bool by_source = system->by_source && !package.source_name.empty();
        const bool source_version = by_source && !package.source_version.empty();
        return Subject{.stream = system->stream,
                       .name = by_source ? package.source_name : package.name,
                       .scheme = system->scheme,
                       .version = source_version ? package.source_version : package.version};
    }
    // An archive without its groupId could be anybody's.
    if (package.type == PackageType::maven && package.name.find(':') == std::string::npos) return std::nullopt;
    const auto ecosystem = ecosystem_of(package.type);
    const bool is_toolchain = package.type == PackageType::go && package.name == "stdlib";
    return Subject{.stream = {.ecosystem = std::string(ecosystem), .release = {}},
                   .name = vulndb::normalised_name(ecosystem, package.name),
                   .scheme = scheme_of(package.type),
                   .version = is_toolchain ? toolchain_version(package.version) : package.version};
}

}  // namespace berth::scan
