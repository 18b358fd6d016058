// Clair's vulnerability report as findings. Pure.
// https://quay.github.io/clair/reference/api.html; the report comes from another server and is not trusted.
#pragma once

#include "base/result.hpp"
#include "scan/finding.hpp"
#include "scan/match.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace berth::scanning::clair {

// `layers`: the image's digests, the lowest first. A flaw that Clair reports of several distributions or updaters is
// one finding. Fault: invalid_parameter (no such report), too_large.
[[nodiscard]] Result<scan::Findings> findings_of(std::string_view report, const std::vector<std::string>& layers,
                                                 scan::Depth depth);

}  // namespace berth::scanning::clair
