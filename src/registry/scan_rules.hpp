// What a registry's scanning configuration says of a repository. Pure.
#pragma once

#include "model/repository.hpp"
#include "store/scan_table.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace berth::registry {

// Without '*' the filter stands anywhere in the name; with one, the whole name must match, '*' being any run.
[[nodiscard]] bool matches_scan_filter(std::string_view filter, std::string_view repository);

struct ScanPlan {
    store::ScanFrequency frequency = store::ScanFrequency::manual;
    std::optional<std::string> filter;  // the one that decided, if one did
};

// Continuous wins over on-push; of several filters the last that fits counts. BASIC knows the repository's own flag,
// ENHANCED without a rule scans everything continuously.
[[nodiscard]] ScanPlan scan_plan(const store::ScanningConfiguration& configuration,
                                 const model::Repository& repository);

// Whether an image with these tags is scanned without being asked for.
[[nodiscard]] bool matches_scan_tags(const store::ScanningConfiguration& configuration,
                                     std::span<const model::Tag> tags);

}  // namespace berth::registry
