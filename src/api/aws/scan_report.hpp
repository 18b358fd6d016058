// Findings as the wire shows them: the one mapping that the server's answers and `berth scan --format json` share.
#pragma once

#include "api/aws/finding_shapes.hpp"
#include "inventory/image_source.hpp"
#include "registry/call.hpp"
#include "scan/basic.hpp"
#include "scan/finding.hpp"

#include <optional>
#include <string>
#include <vector>

namespace berth::api::aws {

// What the enhanced form says of the image itself. What is empty is left out.
struct FindingImage {
    std::optional<registry::RepositoryRef> repository;  // none: the image is in no registry of ours
    std::string name;                                   // then: how it was called by hand
    std::string digest;
    std::vector<std::string> tags;
    std::vector<std::string> layers;  // digests, the lowest first: VulnerablePackage::layer counts in it
    inventory::Platform platform;
    std::optional<Timestamp> pushed_at;
    std::optional<Timestamp> last_observed_at;
};

// A suppressed one has the attribute "status" with the value SUPPRESSED: this form has no member for it.
[[nodiscard]] ImageScanFinding to_wire(const scan::BasicFinding& finding);
[[nodiscard]] EnhancedImageScanFinding to_wire(const scan::Finding& finding, const FindingImage& image,
                                               std::optional<Timestamp> first_observed_at);

// What counts: everything that is not suppressed. Severities without findings are left out.
[[nodiscard]] FindingSeverityCounts counts_of(const std::vector<scan::BasicFinding>& findings);
void add_counts(const std::vector<scan::Finding>& findings, FindingSeverityCounts& counts);

// COMPLETE, with what the scan could not see, or FAILED with ECR's words for a system that nobody can speak for, and
// the reason behind them.
[[nodiscard]] ImageScanStatus status_of(const scan::Findings& findings);

enum class FindingsForm : std::uint8_t { basic, enhanced };
// A whole answer on one page. A failed scan has no findings, as in ECR.
[[nodiscard]] ImageScanAnswer to_wire(const scan::Findings& findings, const FindingImage& image, FindingsForm form,
                                      Timestamp completed_at);
[[nodiscard]] std::string to_json(const ImageScanAnswer& answer);

}  // namespace berth::api::aws
