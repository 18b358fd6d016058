// Bounds of ranges that are no versions of their ecosystem.
//
// Publishers write some ("fixed: 2.1.0-dev1" of Packagist, "0.7.11p3" of PyPI), which compare with nothing, so that
// their ranges would hold no version at all. They are read as Composer reads those of its own advisories: by the
// numbers in front (Composer\Advisory\PartialSecurityAdvisory::create, "<=3.20-test2" as "<=3.20").
#pragma once

#include "vulndb/record.hpp"

#include <string>
#include <vector>

namespace berth::vulndb {

// Puts readable bounds in the place of others. What cannot be read at all goes, a range or all that is said of a
// package, and what is returned names it.
[[nodiscard]] std::vector<std::string> mend_bounds(std::vector<Advice>& advice);

}  // namespace berth::vulndb
