#include "scan/basic.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace berth::scan {

namespace {

using inventory::PackageType;

// What ECR shows of a package: Debian's and Alpine's advisories speak of sources, the others of binaries.
struct Shown {
    std::string name;
    std::string version;
    Severity severity;
    bool suppressed;
};

Shown shown(const VulnerablePackage& package) {
    const bool by_source = package.type != PackageType::rpm;
    return {.name = by_source ? package.source_name : package.name,
            .version = by_source ? package.source_version : package.version,
            .severity = package.severity,
            .suppressed = package.suppression.has_value()};
}

std::vector<Shown> sources_of(const Finding& finding) {
    std::vector<Shown> sources;
    for (const auto& package : finding.packages) {
        if (!inventory::is_operating_system(package.type)) continue;
        const auto source = shown(package);
        const auto same = [&](const Shown& other) {
            return other.name == source.name && other.version == source.version;
        };
        const auto known = std::ranges::find_if(sources, same);
        if (known == sources.end()) {
            sources.push_back(source);
            continue;
        }
        known->severity = std::max(known->severity, source.severity);
        known->suppressed = known->suppressed && source.suppressed;
    }
    std::ranges::sort(sources, [](const Shown& a, const Shown& b) {
        return std::tie(b.severity, a.name, a.version) < std::tie(a.severity, b.name, b.version);
    });
    return sources;
}

// 7.5, 10.0
std::string score_text(double score) {
    const auto tenths = std::lround(score * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

void add(std::string key, std::string value, BasicFinding& finding) {
    constexpr std::size_t longest_value = 256;
    if (value.empty() || value.size() > longest_value) return;
    finding.attributes.emplace_back(std::move(key), std::move(value));
}

// The first score of each major version.
void add_scores(const std::vector<Cvss>& scores, BasicFinding& finding) {
    for (const char major : {'2', '3', '4'}) {
        const auto first = std::ranges::find(scores, major, [](const Cvss& cvss) { return cvss.version.front(); });
        if (first == scores.end()) continue;
        const auto key = std::string("CVSS") + major;
        add(key + "_VECTOR", first->vector, finding);
        add(key + "_SCORE", score_text(first->score), finding);
    }
}

}  // namespace

std::vector<BasicFinding> basic_findings(const std::vector<Finding>& findings) {
    std::vector<BasicFinding> result;
    for (const auto& finding : findings) {
        for (auto& source : sources_of(finding)) {
            BasicFinding basic{.name = finding.id,
                               .description = finding.description.empty() ? finding.title : finding.description,
                               .uri = finding.uri,
                               .severity = source.severity,
                               .attributes = {},
                               .suppressed = source.suppressed};
            add("package_name", std::move(source.name), basic);
            add("package_version", std::move(source.version), basic);
            add_scores(finding.cvss, basic);
            result.push_back(std::move(basic));
        }
    }
    return result;
}

}  // namespace berth::scan
