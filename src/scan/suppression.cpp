#include "scan/suppression.hpp"

#include "base/wildcard.hpp"

#include <algorithm>

namespace berth::scan {

namespace {

bool speaks_of_image(const SuppressionRule& rule, const ImageContext& context) {
    if (rule.until && context.now >= *rule.until) return false;
    if (!rule.repository.empty() &&
        (context.repository.empty() || !matches_wildcard(rule.repository, context.repository))) {
        return false;
    }
    return rule.tags.empty() || std::ranges::any_of(rule.tags, [&](const std::string& pattern) {
               return std::ranges::any_of(context.tags,
                                          [&](const std::string& tag) { return matches_wildcard(pattern, tag); });
           });
}

// Names of flaws differ in more than their case, and people write cve-2024-1.
std::string folded(std::string_view name) {
    std::string text(name);
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

bool speaks_of_flaw(const SuppressionRule& rule, const Finding& finding) {
    if (rule.vulnerability.empty()) return true;
    const auto pattern = folded(rule.vulnerability);
    if (matches_wildcard(pattern, folded(finding.id))) return true;
    return std::ranges::any_of(finding.related,
                               [&](const std::string& name) { return matches_wildcard(pattern, folded(name)); });
}

bool speaks_of_package(const SuppressionRule& rule, const VulnerablePackage& package) {
    return rule.package.empty() || matches_wildcard(rule.package, package.name) ||
           matches_wildcard(rule.package, package.source_name);
}

void apply_rule(const SuppressionRule& rule, Finding& finding) {
    if (!speaks_of_flaw(rule, finding)) return;
    const auto& name = rule.name.empty() ? rule.vulnerability : rule.name;
    for (auto& package : finding.packages) {
        if (package.suppression || !speaks_of_package(rule, package)) continue;
        package.suppression = Suppression{.by = Suppression::By::rule, .name = name, .reason = rule.reason};
    }
}

}  // namespace

void settle_suppression(Finding& finding) {
    const bool all = std::ranges::all_of(
        finding.packages, [](const VulnerablePackage& package) { return package.suppression.has_value(); });
    finding.suppression = all && !finding.packages.empty() ? finding.packages.front().suppression : std::nullopt;
}

void apply_rules(const std::vector<SuppressionRule>& rules, const ImageContext& context, Findings& findings) {
    std::vector<const SuppressionRule*> here;
    for (const auto& rule : rules) {
        if (speaks_of_image(rule, context)) here.push_back(&rule);
    }
    for (auto& finding : findings.findings) {
        for (const auto* rule : here) apply_rule(*rule, finding);
        settle_suppression(finding);
    }
}

}  // namespace berth::scan
