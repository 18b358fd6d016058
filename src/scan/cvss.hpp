// Base scores of the Common Vulnerability Scoring System, from their vectors.
//
// Versions 2.0, 3.0, 3.1 and 4.0 as FIRST publishes them (https://www.first.org/cvss/specification-document, /v2/guide,
// /v3.0, /v3.1, /v4.0). Temporal, threat, environmental and supplemental metrics are read past: what a publisher says
// of a flaw is its base.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::scan {

struct Cvss {
    std::string version;  // 2.0, 3.0, 3.1, 4.0
    std::string vector;
    std::string source;  // NVD, the distribution ...; who gave it
    double score = 0;    // 0.0 to 10.0, one decimal

    friend bool operator==(const Cvss&, const Cvss&) = default;
};

// "CVSS:3.1/AV:N/...", or version 2 without a prefix, also in parentheses. nullopt: a base metric is missing, stands
// twice, or has a value the version does not know.
[[nodiscard]] std::optional<Cvss> parse_cvss(std::string_view vector, std::string_view source);

}  // namespace berth::scan
