// How ecosystems, releases and packages are named: the one form that importers write and readers ask for.
#pragma once

#include "vulndb/advisory.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::vulndb {

// OSV's ecosystem string ("Debian:12", "Ubuntu:22.04:LTS", "Alpine:v3.18", "Red Hat:enterprise_linux:9::baseos").
// nullopt: an ecosystem that images do not hold. Ubuntu's paid streams are an ecosystem of their own, "Ubuntu Pro":
// their fixes are not there for everybody.
[[nodiscard]] std::optional<Stream> stream_of_osv(std::string_view ecosystem);

// Debian's and Ubuntu's code names; a name that is not known stands for itself.
[[nodiscard]] std::string debian_release(std::string_view codename);
[[nodiscard]] std::optional<std::string> ubuntu_release(std::string_view codename);

// As the ecosystem compares it: PyPI in lower case with runs of -_. as one -, NuGet and Packagist in lower case.
// That is ASCII's: NuGet folds the letters of all scripts, but advisory and package spell one name alike.
[[nodiscard]] std::string normalised_name(std::string_view ecosystem, std::string_view package);

// The CVE that a record's name stands for: "CVE-2024-1" for itself, for DEBIAN-CVE-2024-1, UBUNTU-CVE-2024-1 ...;
// empty: none.
[[nodiscard]] std::string_view cve_in_name(std::string_view id);

}  // namespace berth::vulndb
