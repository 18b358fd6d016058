// What a Clair server says: any text becomes findings that keep their promises, or is refused.
#include "check.hpp"
#include "scanning/clair/report.hpp"
#include "scanning/clair/state.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace berth;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string> layers{"sha256:LAYER", "sha256:" + std::string(64, '0')};
    for (const auto depth : {scan::Depth::basic, scan::Depth::enhanced}) {
        const auto findings = scanning::clair::findings_of(text, layers, depth);
        if (!findings) continue;
        check(std::ranges::is_sorted(findings->findings, std::greater<>(), &scan::Finding::severity));
        for (const auto& finding : findings->findings) {
            check(!finding.id.empty() && !finding.packages.empty());
            for (const auto& package : finding.packages) {
                check(package.layer < layers.size() && package.severity <= finding.severity);
                check(depth == scan::Depth::enhanced || inventory::is_operating_system(package.type));
            }
        }
    }
    const auto state = scanning::clair::state_of(text, text, "");
    check(!state || state->generation.starts_with("clair-"));
    return 0;
}
