// CSAF 2.0, profile "VEX": https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html#45-profile-5-vex
#include "scan/vex_json.hpp"

#include <array>
#include <string>
#include <unordered_map>
#include <utility>

namespace berth::scan {

namespace {

using PurlOf = std::unordered_map<std::string, std::string>;  // by product id

void add_product_name(const json::object& product, PurlOf& purls) {
    const auto purl = text_of(object_of(product, "product_identification_helper"), "purl");
    if (!purl.empty()) purls.emplace(text_of(product, "product_id"), purl);
}

// Branches hold branches; the depth of the JSON is limited.
void add_branches(const json::object& node, PurlOf& purls) {
    for (const auto& value : array_of(node, "branches")) {
        if (!value.is_object()) continue;
        add_product_name(object_of(value.get_object(), "product"), purls);
        add_branches(value.get_object(), purls);
    }
}

// "curl as a component of Enterprise Linux 9" has an id of its own and is the package curl.
void add_relationships(const json::object& tree, PurlOf& purls) {
    for (const auto& value : array_of(tree, "relationships")) {
        if (!value.is_object()) continue;
        const auto& relationship = value.get_object();
        const auto part = purls.find(std::string(text_of(relationship, "product_reference")));
        if (part == purls.end()) continue;
        const auto purl = part->second;  // the map may move it
        purls.emplace(text_of(object_of(relationship, "full_product_name"), "product_id"), purl);
    }
}

PurlOf purls_of(const json::object& tree) {
    PurlOf purls;
    add_branches(tree, purls);
    for (const auto& value : array_of(tree, "full_product_names")) {
        if (value.is_object()) add_product_name(value.get_object(), purls);
    }
    add_relationships(tree, purls);
    return purls;
}

using Reasons = std::unordered_map<std::string, std::string>;  // by product id

Reasons reasons_of(const json::object& vulnerability) {
    Reasons reasons;
    for (const auto& value : array_of(vulnerability, "flags")) {
        if (!value.is_object()) continue;
        for (const auto& id : array_of(value.get_object(), "product_ids")) {
            if (id.is_string()) reasons.emplace(id.get_string(), text_of(value.get_object(), "label"));
        }
    }
    return reasons;
}

std::vector<std::string> names_of(const json::object& vulnerability) {
    std::vector<std::string> names{std::string(text_of(vulnerability, "cve"))};
    for (const auto& id : array_of(vulnerability, "ids")) {
        if (id.is_object()) names.emplace_back(text_of(id.get_object(), "text"));
    }
    return names;
}

constexpr std::array<std::pair<std::string_view, VexStatus>, 6> statuses{{
    {"known_not_affected", VexStatus::not_affected},
    {"fixed", VexStatus::fixed},
    {"first_fixed", VexStatus::fixed},
    {"known_affected", VexStatus::affected},
    {"first_affected", VexStatus::affected},
    {"under_investigation", VexStatus::under_investigation},
}};

void add_vulnerability(const json::object& vulnerability, const PurlOf& purls, VexDocument& document) {
    const auto reasons = reasons_of(vulnerability);
    for (const auto& [word, status] : statuses) {
        for (const auto& value : array_of(object_of(vulnerability, "product_status"), word)) {
            const auto id = value.is_string() ? std::string(value.get_string()) : std::string();
            const auto purl = purls.find(id);
            if (purl == purls.end()) continue;
            VexStatement statement;
            statement.vulnerabilities = names_of(vulnerability);
            statement.status = status;
            if (const auto reason = reasons.find(id); reason != reasons.end()) statement.reason = reason->second;
            add_product(purl->second, statement);
            add_statement(std::move(statement), document);
        }
    }
}

}  // namespace

VexDocument read_csaf(const json::object& document) {
    const auto& tracking = object_of(object_of(document, "document"), "tracking");
    VexDocument result{.id = std::string(text_of(tracking, "id")), .statements = {}};
    const auto purls = purls_of(object_of(document, "product_tree"));
    for (const auto& value : array_of(document, "vulnerabilities")) {
        if (value.is_object()) add_vulnerability(value.get_object(), purls, result);
    }
    return result;
}

}  // namespace berth::scan
