// OpenVEX: https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
#include "scan/vex_json.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace berth::scan {

namespace {

std::optional<VexStatus> status_of(std::string_view word) {
    if (word == "not_affected") return VexStatus::not_affected;
    if (word == "fixed") return VexStatus::fixed;
    if (word == "affected") return VexStatus::affected;
    if (word == "under_investigation") return VexStatus::under_investigation;
    return std::nullopt;
}

// Older documents have the name itself, newer ones an object with aliases.
std::vector<std::string> names_of(const json::object& statement) {
    std::vector<std::string> names{std::string(text_of(statement, "vulnerability"))};
    const auto& vulnerability = object_of(statement, "vulnerability");
    names.emplace_back(text_of(vulnerability, "name"));
    for (const auto& alias : array_of(vulnerability, "aliases")) {
        if (alias.is_string()) names.emplace_back(alias.get_string());
    }
    return names;
}

bool add_component(const json::value& component, VexStatement& statement) {
    if (component.is_string()) return add_product(component.get_string(), statement);
    if (!component.is_object()) return false;
    const auto& object = component.get_object();
    if (add_product(text_of(object_of(object, "identifiers"), "purl"), statement)) return true;
    return add_product(text_of(object, "@id"), statement);
}

// A product with its parts is one claim: the parts, in that product.
std::vector<VexStatement> claims_of(const json::array& products) {
    std::vector<VexStatement> claims;
    for (const auto& product : products) {
        VexStatement claim;
        if (!add_component(product, claim)) continue;
        const auto& parts =
            product.is_object() ? array_of(product.get_object(), "subcomponents") : array_of({}, "subcomponents");
        if (!parts.empty()) {
            // A package inside a package: the inner one is what the image holds.
            claim.packages.clear();
            for (const auto& part : parts) add_component(part, claim);
            if (claim.packages.empty()) continue;
        }
        claims.push_back(std::move(claim));
    }
    return claims;
}

}  // namespace

VexDocument read_openvex(const json::object& document) {
    VexDocument result{.id = std::string(text_of(document, "@id")), .statements = {}};
    for (const auto& value : array_of(document, "statements")) {
        if (!value.is_object()) continue;
        const auto& statement = value.get_object();
        const auto status = status_of(text_of(statement, "status"));
        if (!status) continue;
        for (auto& claim : claims_of(array_of(statement, "products"))) {
            claim.vulnerabilities = names_of(statement);
            claim.status = *status;
            claim.reason = joined(text_of(statement, "justification"), text_of(statement, "impact_statement"));
            add_statement(std::move(claim), result);
        }
    }
    return result;
}

}  // namespace berth::scan
