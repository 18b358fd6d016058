// VEX documents: whatever is read, every statement speaks of something, and applying them only ever sets aside what a
// statement calls good.
#include "scan/vex.hpp"

#include "check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth::scan;
    const auto document = parse_vex({reinterpret_cast<const char*>(data), size});
    if (!document) return 0;
    bool any_good = false;
    for (const auto& statement : document->statements) {
        check(!statement.vulnerabilities.empty());
        check(!statement.packages.empty() || !statement.images.empty());
        any_good = any_good || statement.status == VexStatus::not_affected || statement.status == VexStatus::fixed;
    }
    Findings findings;
    Finding finding;
    finding.id = document->statements.empty() ? "CVE-2024-1" : document->statements.front().vulnerabilities.front();
    VulnerablePackage package;
    package.type = berth::inventory::PackageType::npm;
    package.name = "left-pad";
    package.version = "1.0.0";
    finding.packages.push_back(package);
    findings.findings.push_back(finding);
    apply_vex({*document}, {.digest = "sha256:00", .repository = "team/app"}, findings);
    check(!findings.findings.front().suppression || any_good);
    return 0;
}
