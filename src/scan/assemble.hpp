// Puts hits together into findings: one for a flaw.
#pragma once

#include "scan/finding.hpp"
#include "scan/hits.hpp"

#include <vector>

namespace berth::scan {

// Sorted by severity from CRITICAL down, then by name; with `headers_last`, what only the kernel's headers bring comes
// after all others.
[[nodiscard]] std::vector<Finding> assemble(const std::vector<PackageHit>& hits, Records& records, bool headers_last);

}  // namespace berth::scan
