#include "scan/join.hpp"

#include "scan/assemble.hpp"
#include "scan/gather.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace berth::scan {
namespace {

// As in assemble(): what knows the operating system is heard first.
bool is_of_language(const Finding& finding) {
    return std::ranges::none_of(finding.packages, [](const VulnerablePackage& package) {
        return inventory::is_operating_system(package.type);
    });
}

void add(Finding& finding, Finding&& other) {
    add_missing(finding.related, std::move(other.related));
    std::ranges::sort(finding.related);
    fill(finding.title, std::move(other.title));
    fill(finding.description, std::move(other.description));
    fill(finding.source, std::move(other.source));
    fill(finding.uri, std::move(other.uri));
    add_missing(finding.references, std::move(other.references));
    add_missing(finding.cvss, std::move(other.cvss));
    fill(finding.published_at, other.published_at);
    fill(finding.modified_at, other.modified_at);
    fill(finding.epss, other.epss);
    finding.known_exploited = finding.known_exploited || other.known_exploited;
    finding.kernel_headers_only = finding.kernel_headers_only && other.kernel_headers_only;
    if (other.severity > finding.severity) {
        finding.severity = other.severity;
        finding.vendor_severity = std::move(other.vendor_severity);
    }
    if (other.fix_available != finding.fix_available) finding.fix_available = FixAvailable::partial;
    std::ranges::move(other.packages, std::back_inserter(finding.packages));
    std::ranges::stable_sort(finding.packages, {}, [](const VulnerablePackage& package) {
        return std::tie(package.name, package.version, package.path, package.arch);
    });
}

}  // namespace

std::vector<Finding> join(std::vector<Finding> findings, bool headers_last) {
    std::ranges::stable_sort(
        findings, {}, [](const Finding& one) { return std::make_pair(std::string_view(one.id), is_of_language(one)); });
    std::vector<Finding> joined;
    joined.reserve(findings.size());
    for (auto& finding : findings) {
        if (!joined.empty() && joined.back().id == finding.id) {
            add(joined.back(), std::move(finding));
        } else {
            joined.push_back(std::move(finding));
        }
    }
    put_in_order(joined, headers_last);
    return joined;
}

}  // namespace berth::scan
