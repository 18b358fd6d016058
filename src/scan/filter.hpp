// What somebody asked to see of findings, and whether they are bad enough to stop a build. Pure.
#pragma once

#include "scan/finding.hpp"

#include <vector>

namespace berth::scan {

// Leaves only findings of these severities.
void keep_severities(const std::vector<Severity>& severities, Findings& findings);

// Leaves out packages that no fix is there for, and findings without packages that have one. What is left is judged
// anew, and sorted by severity: it is that of the packages left.
void drop_unfixed(Findings& findings);

// Is there a finding of this severity or a worse one that is not suppressed?
[[nodiscard]] bool reaches(const Findings& findings, Severity severity);

}  // namespace berth::scan
