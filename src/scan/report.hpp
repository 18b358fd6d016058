// Findings for people and for tools, as text. Pure: the same findings give the same bytes.
#pragma once

#include "scan/finding.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace berth::scan {

enum class Suppressed : std::uint8_t { hide, show };

struct TableOptions {
    Suppressed suppressed = Suppressed::hide;
    std::size_t title_columns = 60;  // longer titles are cut; 0: no titles
};

// One line for a flaw of a package (in however many places), then a line of counts. What comes from outside cannot
// steer a terminal: control characters are left out.
[[nodiscard]] std::string to_table(const Findings& findings, const TableOptions& options);

struct SarifRun {
    std::string image;
    // Of automationDetails: the same at each scan of the same image, another for every run of a document (two runs of a
    // tool with one id are refused).
    std::string id;
};

// SARIF 2.1.0 as code-scanning services read it: a rule for each flaw, a result for each package with it, at the file
// that shows the package. Suppressed findings are there, and marked so.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/
[[nodiscard]] std::string to_sarif(const Findings& findings, const SarifRun& run, std::string_view tool_version);

}  // namespace berth::scan
