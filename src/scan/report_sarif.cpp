#include "base/encoding.hpp"
#include "scan/report.hpp"
#include "scan/report_text.hpp"
#include "scan/severity.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

namespace berth::scan {

namespace {

namespace json = boost::json;

// Long descriptions are the publisher's page's matter.
constexpr std::size_t max_description = 1000;

json::array only(json::object object) {
    json::array list;
    list.push_back(std::move(object));
    return list;
}

json::object message(std::string text) {
    return json::object{{"text", std::move(text)}};
}

std::string_view level_of(Severity severity) {
    switch (severity) {
        case Severity::critical:
        case Severity::high:
            return "error";
        case Severity::medium:
            return "warning";
        case Severity::low:
        case Severity::informational:
        case Severity::undefined:
            break;
    }
    return "note";
}

// Code-scanning services rank by this number. Where the severity is the distribution's and no score is near it, it is
// the middle of the severity's range, so that the number never contradicts the word.
std::string rank_of(const Finding& finding) {
    if (!finding.cvss.empty()) {
        const auto& best = finding.cvss.front();
        if (severity_of_score(best.score, best.version == "2.0") == finding.severity) {
            const auto tenths = std::lround(best.score * 10);
            return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
        }
    }
    switch (finding.severity) {
        case Severity::critical:
            return "9.5";
        case Severity::high:
            return "8.0";
        case Severity::medium:
            return "5.5";
        case Severity::low:
            return "2.0";
        case Severity::informational:
        case Severity::undefined:
            break;
    }
    return "0.0";
}

json::object rule_of(const Finding& finding) {
    const auto title = finding.title.empty() ? finding.id : finding.title;
    json::object rule;
    rule["id"] = printable(finding.id);
    rule["shortDescription"] = message(cut(printable(title), max_description));
    const auto description = finding.description.empty() ? title : finding.description;
    rule["fullDescription"] = message(cut(printable(description), max_description));
    const bool is_address = finding.uri.starts_with("https://") || finding.uri.starts_with("http://");
    if (is_address && !finding.uri.contains(' ')) rule["helpUri"] = printable(finding.uri);
    rule["defaultConfiguration"] = json::object{{"level", level_of(finding.severity)}};
    json::array tags = {"vulnerability", "security", name_of(finding.severity)};
    if (finding.known_exploited) tags.push_back("known-exploited");
    rule["properties"] =
        json::object{{"precision", "very-high"}, {"security-severity", rank_of(finding)}, {"tags", std::move(tags)}};
    return rule;
}

std::string said_of(const Finding& finding, const VulnerablePackage& package) {
    auto text = package.name + ' ' + package.version + " has " + finding.id + " (" +
                std::string(name_of(finding.severity)) + "); ";
    text += package.fixed_in.empty() ? "there is no fix" : "fixed in " + package.fixed_in;
    return printable(text);
}

json::object location_of(const VulnerablePackage& package, std::string_view image) {
    // A package without a place is the image's.
    const auto uri = percent_encode(package.path.empty() ? image : std::string_view(package.path), Slash::keep);
    json::object place = {{"artifactLocation", json::object{{"uri", uri}}}, {"region", json::object{{"startLine", 1}}}};
    return json::object{{"physicalLocation", std::move(place)},
                        {"message", message(printable(std::string(image) + ": " + package.path))}};
}

json::object result_of(const Finding& finding, const VulnerablePackage& package, std::size_t rule,
                       std::string_view image) {
    json::object result;
    result["ruleId"] = printable(finding.id);
    result["ruleIndex"] = rule;
    result["level"] = level_of(finding.severity);
    result["message"] = message(said_of(finding, package));
    result["locations"] = only(location_of(package, image));
    // Ties the result to the next scan's: neither the image's digest nor the layer is part of it.
    result["partialFingerprints"] = json::object{
        {"package/v1", printable(finding.id + '|' + package.name + '|' + package.version + '|' + package.path)}};
    if (finding.suppression) {
        result["suppressions"] = only(
            json::object{{"kind", "external"},
                         {"status", "accepted"},
                         {"justification", printable(finding.suppression->name + ": " + finding.suppression->reason)}});
    }
    return result;
}

json::object invocation_of(const Findings& findings) {
    json::object invocation = {{"executionSuccessful", findings.outcome == Outcome::complete}};
    json::array notifications;
    if (!findings.reason.empty()) {
        notifications.push_back(json::object{{"level", "error"}, {"message", message(printable(findings.reason))}});
    }
    for (const auto& said : findings.notes) {
        notifications.push_back(json::object{{"level", "note"}, {"message", message(printable(said))}});
    }
    if (!notifications.empty()) invocation["toolExecutionNotifications"] = std::move(notifications);
    return invocation;
}

}  // namespace

std::string to_sarif(const Findings& findings, const SarifRun& about, std::string_view tool_version) {
    json::array rules;
    json::array results;
    for (const auto& finding : findings.findings) {
        for (const auto& package : finding.packages) {
            results.push_back(result_of(finding, package, rules.size(), about.image));
        }
        rules.push_back(rule_of(finding));
    }
    json::object driver = {{"name", "berth"}, {"version", printable(tool_version)}, {"rules", std::move(rules)}};
    json::object run;
    run["tool"] = json::object{{"driver", std::move(driver)}};
    run["automationDetails"] = json::object{{"id", printable(about.id)}};
    run["invocations"] = only(invocation_of(findings));
    run["columnKind"] = "unicodeCodePoints";
    run["properties"] = json::object{{"image", printable(about.image)}};
    run["results"] = std::move(results);
    json::object log;
    log["$schema"] = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    log["version"] = "2.1.0";
    log["runs"] = only(std::move(run));
    return json::serialize(log);
}

}  // namespace berth::scan
