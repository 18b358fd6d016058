// Who answers for a package of a language that a package of the operating system brought.
//
// A distribution mends flaws of what it ships without a new version of it, and tells so in its own advisories; held
// against those of the language, it would have flaws that it has not. But only the distribution's own packages are
// mended so: for what somebody else packed, the language's advisories hold.
#pragma once

#include "inventory/package.hpp"
#include "scan/system.hpp"
#include "vulndb/database.hpp"

namespace berth::scan {

// RPMs name their vendor. A Debian package names a maintainer, who is mostly a person and tells nothing; but Debian's
// and Ubuntu's trackers list every source that ever had a flaw, so there the distribution answers for sources that its
// advisories know. Alpine's packages do not say where they come from, and are taken for its own.
[[nodiscard]] bool distribution_answers_for(const inventory::Package& package, const System* system,
                                            const vulndb::Database& database);

}  // namespace berth::scan
