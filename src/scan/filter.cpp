#include "scan/filter.hpp"

#include "scan/suppression.hpp"

#include <algorithm>
#include <functional>

namespace berth::scan {

void keep_severities(const std::vector<Severity>& severities, Findings& findings) {
    std::erase_if(findings.findings, [&](const Finding& finding) {
        return std::ranges::find(severities, finding.severity) == severities.end();
    });
}

void drop_unfixed(Findings& findings) {
    for (auto& finding : findings.findings) {
        const auto gone =
            std::erase_if(finding.packages, [](const VulnerablePackage& package) { return package.fixed_in.empty(); });
        if (gone == 0 || finding.packages.empty()) continue;
        const auto worst = std::ranges::max_element(finding.packages, {}, &VulnerablePackage::severity);
        finding.severity = worst->severity;
        finding.vendor_severity = worst->vendor_severity;
        finding.fix_available = FixAvailable::yes;
        settle_suppression(finding);
    }
    std::erase_if(findings.findings, [](const Finding& finding) { return finding.packages.empty(); });
    std::ranges::stable_sort(findings.findings, std::greater<>(), &Finding::severity);
}

bool reaches(const Findings& findings, Severity severity) {
    return std::ranges::any_of(findings.findings, [&](const Finding& finding) {
        return !finding.suppression && finding.severity >= severity;
    });
}

}  // namespace berth::scan
