// What is installed in an image, as values. Filled by the readers of this room, matched by scan/, listed by SBOMs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::inventory {

enum class PackageType : std::uint8_t { deb, apk, rpm, npm, pypi, go, maven, cargo, gem, nuget, composer };

[[nodiscard]] constexpr bool is_operating_system(PackageType type) {
    return type == PackageType::deb || type == PackageType::apk || type == PackageType::rpm;
}

enum class Confidence : std::uint8_t {
    certain,  // a package database or a manifest says so
    guessed,  // from a file name, or half of the name is missing (a Java archive without its groupId)
};

struct Package {
    PackageType type{};
    // As the ecosystem compares it: PyPI normalised (lower case, runs of -_. are one -), Maven group:artifact, Composer
    // lower case, Go module path ("stdlib" for the tool chain), npm with its @scope/.
    std::string name = {};
    // The whole of it: deb and rpm [epoch:]version[-release]; Go without the leading v.
    std::string version = {};
    // Operating system packages: what they were built from (dpkg Source, apk origin, rpm SOURCERPM); where the
    // database names none, the package itself. Other packages: empty.
    std::string source_name = {};
    std::string source_version = {};
    std::string arch = {};
    std::string module_label = {};  // rpm modularity, name:stream; else empty
    std::string vendor = {};        // rpm only
    std::vector<std::string> licences = {};
    // Evidence: the database or file it was read from, without a leading slash.
    std::string path = {};
    // Index in the image's list of layers of the lowest one that already had it.
    std::size_t layer = 0;
    // Language packages: the operating system's package that owns the file (python3-requests); empty: none does. If
    // that is one of the distribution's own, the distribution may have fixed it without a new version.
    std::string owned_by = {};
    // The owner's source and vendor; both empty where no such package is installed.
    std::string owner_source = {};
    std::string owner_vendor = {};
    Confidence confidence = Confidence::certain;

    friend bool operator==(const Package&, const Package&) = default;
};

// os-release, after its shell syntax was undone.
struct Distribution {
    std::string id = {};          // debian, ubuntu, alpine, rhel, rocky, almalinux, amzn, ...
    std::string version_id = {};  // 12, 22.04, 3.18.4; empty where there is none
    std::string codename = {};    // bookworm; empty where there is none
    std::string name = {};        // PRETTY_NAME, for people

    friend bool operator==(const Distribution&, const Distribution&) = default;
};

// One image, its layers put together as a union mount would show them.
struct Inventory {
    std::optional<Distribution> distribution;
    std::vector<Package> packages;
    // What could not be read and why; such an inventory is partial.
    std::vector<std::string> problems;
    // Those of the problems behind which packages may be missing that the system would list: a database of packages
    // that is damaged, a layer that is not there.
    std::vector<std::string> gaps = {};
};

}  // namespace berth::inventory
