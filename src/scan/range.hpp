// Is one version of one package inside what an advisory calls vulnerable? Pure.
#pragma once

#include "versions/version.hpp"
#include "vulndb/advisory.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::scan {

// Vulnerable, and where that ends.
struct Hit {
    std::string fixed_in;  // the first good version after the installed one; empty: there is none

    friend bool operator==(const Hit&, const Hit&) = default;
};

// Does the answer depend on how the version compares with others? If so, that of a version that is none is no answer.
[[nodiscard]] bool depends_on_version(const vulndb::Affected& affected);

// OSV's rule: listed among `versions`, or inside any range; equal to the fix is good, equal to `last_affected` is bad,
// and a fix in version 0 means that it never was vulnerable. A bound that is no version of the scheme decides nothing.
// A version list matches by order (1.0 is 1.0.0 where the scheme says so) or by the very text.
[[nodiscard]] std::optional<Hit> find_hit(const vulndb::Affected& affected, versions::Scheme scheme,
                                          std::string_view version);

}  // namespace berth::scan
