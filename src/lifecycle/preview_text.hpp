// Previews for programs (the shape of GetLifecyclePolicyPreview's answer) and for people (tables).
#pragma once

#include "lifecycle/described_images.hpp"
#include "lifecycle/evaluate.hpp"
#include "lifecycle/forecast.hpp"

#include <string>
#include <vector>

namespace berth::lifecycle {

// Everything ends with a new line. In JSON, times are ISO 8601 as the AWS command line prints them.
[[nodiscard]] std::string preview_json(const Policy& policy, const DescribedRepository& repository,
                                       const std::vector<Decision>& decisions);
// Like preview_json, with "forecast", a list of {at, previewResults, summary}, in place of one list of results. As it
// tells what goes and not what rules mark, it has what goes along with others and not what is held.
[[nodiscard]] std::string forecast_json(const Policy& policy, const DescribedRepository& repository,
                                        const std::vector<ForecastDay>& days);

// A line an image with the reason; what is held is there and says so.
[[nodiscard]] std::string preview_table(const Policy& policy, const DescribedRepository& repository,
                                        const std::vector<Decision>& decisions);
[[nodiscard]] std::string forecast_table(const Policy& policy, const DescribedRepository& repository,
                                         const std::vector<ForecastDay>& days);

}  // namespace berth::lifecycle
