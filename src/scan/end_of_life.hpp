// When the publishers of a release stop looking: from then on, no findings is no good news.
#pragma once

#include "base/clock.hpp"
#include "vulndb/advisory.hpp"

#include <optional>

namespace berth::scan {

// The last day of security support that everybody gets (Debian: with LTS; paid extensions are no part of it). nullopt:
// not known to this table.
[[nodiscard]] std::optional<std::chrono::year_month_day> end_of_life(const vulndb::Stream& stream);

}  // namespace berth::scan
