// Suppression rules on the wire.
#pragma once

#include "api/aws/structures.hpp"
#include "store/scan_table.hpp"

#include <utility>

namespace berth::api::aws {

namespace shape {

struct SuppressionName {
    static constexpr TextRule rule{.min = 1, .max = 128};
};
struct SuppressionPattern {
    static constexpr TextRule rule{.min = 1, .max = 256};
};
struct SuppressionReason {
    static constexpr TextRule rule{.min = 1, .max = 1000};
};

}  // namespace shape

struct SuppressionRule {
    Text<shape::SuppressionName> name;
    std::optional<Text<shape::SuppressionPattern>> vulnerabilityPattern;
    std::optional<Text<shape::SuppressionPattern>> packagePattern;
    std::optional<Text<shape::SuppressionPattern>> repositoryPattern;
    std::optional<List<Text<shape::TagFilterValue>, 1, 20>> tagPatterns;
    Text<shape::SuppressionReason> reason;
    std::optional<Timestamp> until;
    std::optional<Timestamp> createdAt;
};
BOOST_DESCRIBE_STRUCT(SuppressionRule, (),
                      (name, vulnerabilityPattern, packagePattern, repositoryPattern, tagPatterns, reason, until,
                       createdAt))

[[nodiscard]] inline SuppressionRule to_wire(const store::SuppressionRule& rule) {
    SuppressionRule wire;
    wire.name.value = rule.name;
    wire.reason.value = rule.reason;
    wire.until = rule.until;
    wire.createdAt = rule.created_at;
    const auto show = [](const std::string& pattern, auto& place) {
        if (!pattern.empty()) place.emplace().value = pattern;
    };
    show(rule.vulnerability, wire.vulnerabilityPattern);
    show(rule.package, wire.packagePattern);
    show(rule.repository, wire.repositoryPattern);
    for (const auto& tag : rule.tags) {
        if (!wire.tagPatterns) wire.tagPatterns.emplace();
        wire.tagPatterns->items.push_back({tag});
    }
    return wire;
}

[[nodiscard]] inline store::SuppressionRule from_wire(SuppressionRule wire) {
    store::SuppressionRule rule{.name = std::move(wire.name.value),
                                .vulnerability = {},
                                .package = {},
                                .repository = {},
                                .tags = {},
                                .reason = std::move(wire.reason.value),
                                .until = wire.until,
                                .created_at = {}};
    if (wire.vulnerabilityPattern) rule.vulnerability = std::move(wire.vulnerabilityPattern->value);
    if (wire.packagePattern) rule.package = std::move(wire.packagePattern->value);
    if (wire.repositoryPattern) rule.repository = std::move(wire.repositoryPattern->value);
    if (wire.tagPatterns) {
        for (auto& tag : wire.tagPatterns->items) rule.tags.push_back(std::move(tag.value));
    }
    return rule;
}

}  // namespace berth::api::aws
