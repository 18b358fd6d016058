// What a policy would do day by day, if nothing else happened to the repository.
#pragma once

#include "lifecycle/described_images.hpp"
#include "lifecycle/evaluate.hpp"

#include <vector>

namespace berth::lifecycle {

struct ForecastEntry {
    std::uint32_t image = 0;                                 // index in DescribedRepository::images
    model::ImageStatus status = model::ImageStatus::active;  // before it goes: an earlier day may have archived it
    Decision decision;  // its own indexes are of that day's run; the rest is as evaluate() says
};

struct ForecastDay {
    Timestamp at;
    std::vector<ForecastEntry> entries;  // what goes, in the order of execution; never empty
};

// Runs at `from` and every 24 hours after, up to and including `until`; days on which nothing goes are left out.
[[nodiscard]] std::vector<ForecastDay> forecast(const Policy& policy, const DescribedRepository& repository,
                                                Timestamp from, Timestamp until);

}  // namespace berth::lifecycle
