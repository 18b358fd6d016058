// Whose advisories speak of a package: the stream, the name they use and the version they mean.
#pragma once

#include "inventory/package.hpp"
#include "versions/version.hpp"
#include "vulndb/advisory.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace berth::scan {

// A distribution's own rules. Debian, Ubuntu and Alpine (and what is built like it) speak of source packages and their
// versions, so a binary's own version (+b1 of a rebuild) has no say; the others speak of binary packages.
struct System {
    vulndb::Stream stream;
    inventory::PackageType type{};
    versions::Scheme scheme{};
    bool by_source = false;
    // Its feeds hold both records of flaws and errata that speak of the same flaws (DSA, USN).
    bool errata_beside_cves = false;
    // How the vendor of its own packages begins; RPMs only, empty where there is no second one.
    std::array<std::string_view, 2> vendors = {};
};

// By the distribution's own id, never by ID_LIKE: a derivative has other versions and other fixes. nullopt: unknown, or
// without a release that its advisories could be told by.
[[nodiscard]] std::optional<System> system_of(const inventory::Distribution& distribution);

// A package as its advisories name it.
struct Subject {
    vulndb::Stream stream;
    std::string name;
    versions::Scheme scheme{};
    std::string version;  // the one that counts: of the source, or of the toolchain in semantic form
};

// nullopt: nobody's advisories speak of it (a package of another system than the image's, half a name).
[[nodiscard]] std::optional<Subject> subject_of(const inventory::Package& package, const System* system);

}  // namespace berth::scan
