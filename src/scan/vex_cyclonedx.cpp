// CycloneDX: https://cyclonedx.org/docs/1.6/json/#vulnerabilities
#include "scan/vex_json.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace berth::scan {

namespace {

using PurlOf = std::unordered_map<std::string, std::string>;  // by bom-ref

std::optional<VexStatus> status_of(std::string_view state) {
    if (state == "not_affected" || state == "false_positive") return VexStatus::not_affected;
    if (state == "resolved" || state == "resolved_with_pedigree") return VexStatus::fixed;
    if (state == "exploitable") return VexStatus::affected;
    if (state == "in_triage") return VexStatus::under_investigation;
    return std::nullopt;
}

// Components may hold components; the depth of the JSON is limited.
void add_component(const json::object& component, PurlOf& purls) {
    const auto purl = text_of(component, "purl");
    if (!purl.empty()) purls.emplace(text_of(component, "bom-ref"), purl);
    for (const auto& inner : array_of(component, "components")) {
        if (inner.is_object()) add_component(inner.get_object(), purls);
    }
}

// A reference is a purl, a bom-ref, or the link "urn:cdx:SERIAL/VERSION#bom-ref".
void add_reference(std::string_view reference, const PurlOf& purls, VexStatement& statement) {
    if (reference.starts_with("urn:cdx:")) reference.remove_prefix(reference.find('#') + 1);  // npos + 1 is 0
    const auto known = purls.find(std::string(reference));
    add_product(known == purls.end() ? reference : std::string_view(known->second), statement);
}

std::vector<std::string> names_of(const json::object& vulnerability) {
    std::vector<std::string> names{std::string(text_of(vulnerability, "id"))};
    for (const auto& reference : array_of(vulnerability, "references")) {
        if (reference.is_object()) names.emplace_back(text_of(reference.get_object(), "id"));
    }
    return names;
}

}  // namespace

VexDocument read_cyclonedx(const json::object& document) {
    VexDocument result{.id = std::string(text_of(document, "serialNumber")), .statements = {}};
    PurlOf purls;
    add_component(object_of(object_of(document, "metadata"), "component"), purls);
    add_component(document, purls);
    for (const auto& value : array_of(document, "vulnerabilities")) {
        if (!value.is_object()) continue;
        const auto& vulnerability = value.get_object();
        const auto& analysis = object_of(vulnerability, "analysis");
        const auto status = status_of(text_of(analysis, "state"));
        if (!status) continue;
        for (const auto& affected : array_of(vulnerability, "affects")) {
            if (!affected.is_object()) continue;
            VexStatement statement;
            statement.vulnerabilities = names_of(vulnerability);
            statement.status = *status;
            statement.reason = joined(text_of(analysis, "justification"), text_of(analysis, "detail"));
            add_reference(text_of(affected.get_object(), "ref"), purls, statement);
            add_statement(std::move(statement), result);
        }
    }
    return result;
}

}  // namespace berth::scan
