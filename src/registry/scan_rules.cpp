#include "registry/scan_rules.hpp"

#include "base/wildcard.hpp"

#include <algorithm>

namespace berth::registry {

using store::ScanFrequency;

bool matches_scan_filter(std::string_view filter, std::string_view repository) {
    if (filter.find('*') == std::string_view::npos) return repository.find(filter) != std::string_view::npos;
    return matches_wildcard(filter, repository);
}

ScanPlan scan_plan(const store::ScanningConfiguration& configuration, const model::Repository& repository) {
    ScanPlan plan;
    if (configuration.type == store::ScanType::enhanced && configuration.rules.empty()) {
        plan.frequency = ScanFrequency::continuous;
        return plan;
    }
    for (const auto& rule : configuration.rules) {
        if (rule.frequency < plan.frequency) continue;
        for (const auto& filter : rule.filters) {
            if (!matches_scan_filter(filter, repository.name.text())) continue;
            plan = {.frequency = rule.frequency, .filter = filter};
        }
    }
    if (plan.frequency == ScanFrequency::manual && configuration.type == store::ScanType::basic &&
        repository.scan_on_push) {
        plan.frequency = ScanFrequency::on_push;
    }
    return plan;
}

bool matches_scan_tags(const store::ScanningConfiguration& configuration, std::span<const model::Tag> tags) {
    if (configuration.tag_patterns.empty()) return true;
    return std::ranges::any_of(tags, [&](const model::Tag& tag) {
        return std::ranges::any_of(configuration.tag_patterns,
                                   [&](const std::string& pattern) { return matches_wildcard(pattern, tag.text()); });
    });
}

}  // namespace berth::registry
