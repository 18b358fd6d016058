// Puts hits together into findings: one for a flaw.
#pragma once

#include "scan/finding.hpp"
#include "scan/hits.hpp"

#include <vector>

namespace berth::scan {

[[nodiscard]] std::vector<Finding> assemble(const std::vector<PackageHit>& hits, Records& records, bool headers_last);

// By severity from CRITICAL down, then by name, which is their order already; with `headers_last`, what only the
// kernel's headers bring comes after all others.
void put_in_order(std::vector<Finding>& findings, bool headers_last);

}  // namespace berth::scan
