// ECR's basic form of findings: one for each flaw, source package and version, with attributes by name.
#pragma once

#include "scan/finding.hpp"

#include <string>
#include <utility>
#include <vector>

namespace berth::scan {

struct BasicFinding {
    std::string name;
    std::string description;
    std::string uri;
    Severity severity = Severity::undefined;
    // package_name, package_version, CVSS2_VECTOR, CVSS2_SCORE, CVSS3_VECTOR, CVSS3_SCORE, CVSS4_VECTOR, CVSS4_SCORE;
    // a value is 1 to 256 characters, as the API wants it.
    std::vector<std::pair<std::string, std::string>> attributes;
    bool suppressed = false;

    friend bool operator==(const BasicFinding&, const BasicFinding&) = default;
};

// Packages of languages are left out. Keeps the order of the findings; within one, by severity from the worst, then
// name.
[[nodiscard]] std::vector<BasicFinding> basic_findings(const std::vector<Finding>& findings);

}  // namespace berth::scan
