#include "scanning/scan_events.hpp"

#include <boost/json.hpp>

namespace berth::scanning {

namespace json = boost::json;

std::string scan_detail(const store::ImageScan& scan, std::span<const model::Tag> tags) {
    json::object detail;
    detail["scan-type"] = scan.type == store::ScanType::basic ? "BASIC" : "ENHANCED";
    const bool complete = scan.state == store::ScanState::complete;
    detail["scan-status"] = complete ? "COMPLETE" : "FAILED";
    auto& names = detail["image-tags"].emplace_array();
    for (const auto& tag : tags) names.emplace_back(tag.text());
    if (!scan.reason.empty()) detail["reason"] = scan.reason;
    if (!complete) return json::serialize(detail);
    auto& counts = detail["finding-severity-counts"].emplace_object();
    for (std::size_t i = scan.counts.size(); i-- > 0;) {
        if (scan.counts[i] > 0) counts[scan::name_of(static_cast<scan::Severity>(i))] = scan.counts[i];
    }
    return json::serialize(detail);
}

std::string finding_detail(const scan::Finding& finding) {
    json::object detail;
    detail["vulnerability-id"] = finding.id;
    detail["severity"] = scan::name_of(finding.severity);
    detail["fix-available"] = finding.fix_available == scan::FixAvailable::yes  ? "YES"
                              : finding.fix_available == scan::FixAvailable::no ? "NO"
                                                                                : "PARTIAL";
    auto& packages = detail["packages"].emplace_array();
    for (const auto& package : finding.packages) {
        packages.push_back({{"name", package.name}, {"version", package.version}, {"fixed-in", package.fixed_in}});
    }
    return json::serialize(detail);
}

}  // namespace berth::scanning
