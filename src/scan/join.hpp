// Findings of an image's parts (match_part()) as findings of the image: one for a flaw, whatever parts have it.
#pragma once

#include "scan/finding.hpp"

#include <vector>

namespace berth::scan {

// In the order of match(). A flaw's severity is the worst that one of the parts gave it, so counting takes no more than
// names and severities of each.
//
// Flaws are the same by their names. A flaw that is no CVE and has another name in each of two parts, because nothing
// ties the names but a record that fits in one of them, stays two.
[[nodiscard]] std::vector<Finding> join(std::vector<Finding> findings, bool headers_last);

}  // namespace berth::scan
