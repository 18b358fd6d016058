#include "scan/report.hpp"
#include "scan/report_text.hpp"
#include "scan/severity.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace berth::scan {

namespace {

// The last column is not padded.
constexpr std::size_t columns = 6;
using Row = std::array<std::string, columns>;

// Why there is no fix, in the distributions' words.
std::string_view state_of(const VulnerablePackage& package) {
    if (!package.fixed_in.empty()) return package.fixed_in;
    switch (package.state) {
        case vulndb::FixState::will_not_fix:
            return "(will not be fixed)";
        case vulndb::FixState::deferred:
            return "(deferred)";
        case vulndb::FixState::end_of_life:
            return "(end of life)";
        case vulndb::FixState::affected:
        case vulndb::FixState::not_affected:
        case vulndb::FixState::undetermined:
            break;
    }
    return "-";
}

std::string title_of(const Finding& finding, std::size_t width) {
    if (!finding.suppression) return cut(printable(finding.title), width);
    return cut(printable("suppressed by " + finding.suppression->name + ": " + finding.suppression->reason), width);
}

std::vector<Row> rows_of(const Findings& findings, const TableOptions& options) {
    std::vector<Row> rows = {{"SEVERITY", "VULNERABILITY", "PACKAGE", "VERSION", "FIXED IN", "TITLE"}};
    if (options.title_columns == 0) rows.front().back().clear();
    for (const auto& finding : findings.findings) {
        if (finding.suppression && options.suppressed == Suppressed::hide) continue;
        const auto first = rows.size();
        for (const auto& package : finding.packages) {
            Row row = {std::string(name_of(finding.severity)),
                       printable(finding.id),
                       printable(package.name),
                       printable(package.version),
                       printable(state_of(package)),
                       {}};
            // The same package in many places of an image is one line.
            if (std::find(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(), row) == rows.end()) {
                rows.push_back(std::move(row));
            }
        }
        for (auto i = first; i < rows.size(); ++i) rows[i].back() = title_of(finding, options.title_columns);
    }
    return rows;
}

std::string text_of(const std::vector<Row>& rows) {
    std::array<std::size_t, columns> widths{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < columns; ++i) {
            line += row[i];
            if (i + 1 < columns) line.append(widths[i] - columns_of(row[i]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

// "3 vulnerabilities: 1 CRITICAL, 2 LOW; 1 suppressed"
std::string summary_of(const Findings& findings) {
    std::map<Severity, std::size_t, std::greater<>> counts;
    std::size_t counted = 0;
    for (const auto& finding : findings.findings) {
        if (finding.suppression) continue;
        ++counts[finding.severity];
        ++counted;
    }
    std::string text = std::to_string(counted) + (counted == 1 ? " vulnerability" : " vulnerabilities");
    char separator = ':';
    for (const auto& [severity, count] : counts) {
        text += separator;
        text += ' ' + std::to_string(count) + ' ' + std::string(name_of(severity));
        separator = ',';
    }
    const auto suppressed = findings.findings.size() - counted;
    if (suppressed > 0) text += "; " + std::to_string(suppressed) + " suppressed";
    return text + '\n';
}

}  // namespace

std::string to_table(const Findings& findings, const TableOptions& options) {
    std::string text;
    const auto rows = rows_of(findings, options);
    if (rows.size() > 1) text = text_of(rows) + '\n';
    // No findings must not look like safety where nobody could look.
    if (findings.outcome != Outcome::complete) text += "UNSUPPORTED: " + printable(findings.reason) + '\n';
    for (const auto& said : findings.notes) text += "note: " + printable(said) + '\n';
    return text + summary_of(findings);
}

}  // namespace berth::scan
