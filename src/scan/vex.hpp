// VEX: what the makers of software say about flaws of it. OpenVEX, CycloneDX and CSAF, as far as statements go: a
// vulnerability, products by their purl, and a status.
//
// https://github.com/openvex/spec, https://cyclonedx.org/capabilities/vex/,
// https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html (profile 5)
#pragma once

#include "base/result.hpp"
#include "inventory/purl.hpp"
#include "scan/finding.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace berth::scan {

enum class VexStatus : std::uint8_t { not_affected, fixed, affected, under_investigation };

struct VexStatement {
    std::vector<std::string> vulnerabilities;  // the name and its aliases
    // The images it is about (pkg:oci, pkg:docker); empty: any.
    std::vector<inventory::Purl> images;
    // The packages it is about; empty: all of an image that is named.
    std::vector<inventory::Purl> packages;
    VexStatus status = VexStatus::under_investigation;
    std::string reason;  // justification and impact, for people

    friend bool operator==(const VexStatement&, const VexStatement&) = default;
};

struct VexDocument {
    std::string id;
    std::vector<VexStatement> statements;  // a later one about the same wins

    friend bool operator==(const VexDocument&, const VexDocument&) = default;
};

// The form is recognised from the content. A statement that cannot be understood, or that names no product by purl, is
// left out: then the finding stays, which is the safe side. Fault: invalid_parameter (no JSON, no VEX, over a limit).
[[nodiscard]] Result<VexDocument> parse_vex(std::string_view text);

// Which image a statement must name, where it names one: a purl with a version by the digest, one without by the last
// part of the repository's name. What is empty fits nothing.
struct VexImage {
    std::string digest;  // sha256:...
    std::string repository;
};

// Sets aside what the documents call not affected or fixed; the last statement of the last document that speaks of a
// package and a flaw counts. Rules that were applied before stay.
void apply_vex(const std::vector<VexDocument>& documents, const VexImage& image, Findings& findings);

}  // namespace berth::scan
