// An image's findings as they are kept: with the time each was first seen, as compressed bytes.
#pragma once

#include "base/clock.hpp"
#include "scan/finding.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::scanning {

struct KeptFindings {
    scan::Findings findings;
    std::vector<Timestamp> first_observed;  // of each of findings.findings
};

[[nodiscard]] std::string encode_findings(const KeptFindings& kept);
// nullopt: written by another version, or damaged.
[[nodiscard]] std::optional<KeptFindings> decode_findings(std::string_view bytes);

}  // namespace berth::scanning
