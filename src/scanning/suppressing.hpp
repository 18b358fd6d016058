// Setting findings aside when they are shown: by the registry's rules, and by VEX documents that are attached to the
// image as referrers.
#pragma once

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "scanning/scans.hpp"
#include "store/scan_table.hpp"

#include <string_view>
#include <vector>

namespace berth::scanning {

void suppress_by_rules(const std::vector<store::SuppressionRule>& rules, const registry::RepositoryRef& repository,
                       Timestamp now, ScannedImage& image);

// Whether an artifact or a layer of this media type is a VEX document.
[[nodiscard]] bool is_vex(std::string_view media_type);

// Documents attached to the image that was asked for, and to each image of the report. One that cannot be read or
// understood sets nothing aside. Whoever may read the findings sees what the documents do to them.
[[nodiscard]] Task<Result<void>> suppress_by_vex(registry::Services& services,
                                                 const registry::RepositoryRef& repository, ScanReport& report);

}  // namespace berth::scanning
