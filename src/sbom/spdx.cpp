#include "sbom/spdx.hpp"

#include "base/encoding.hpp"
#include "base/sha256.hpp"
#include "sbom/licence.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string_view>
#include <utility>

namespace berth::sbom {

namespace {

namespace json = boost::json;

constexpr std::string_view nobody_said = "NOASSERTION";
constexpr std::string_view document_id = "SPDXRef-DOCUMENT";
constexpr std::string_view root_id = "SPDXRef-Image";
constexpr std::string_view system_id = "SPDXRef-OperatingSystem";

json::array only(json::value value) {
    json::array list;
    list.push_back(std::move(value));
    return list;
}

// Identifiers may hold letters, digits, dots and hyphens only, so they come from a hash of what they stand for.
std::string short_hash(std::string_view text) {
    constexpr std::size_t bytes = 8;
    Sha256 hash;
    hash.update(std::as_bytes(std::span(text)));
    std::array<unsigned char, bytes> first{};
    std::copy_n(hash.digest().begin(), bytes, first.begin());
    return to_hex(first);
}

// Collects the texts that need a reference of their own.
class Licences {
public:
    std::string declared(const inventory::Package& package) {
        std::string all;
        const bool several = package.licences.size() > 1;
        for (const auto& licence : package.licences) {
            const auto known = parse_licence(licence);
            if (!all.empty()) all += " AND ";
            if (!known) {
                all += reference(licence);
            } else {
                all += several && known->compound ? '(' + known->text + ')' : known->text;
            }
        }
        return all.empty() ? std::string(nobody_said) : all;
    }

    [[nodiscard]] json::array texts() const {
        json::array list;
        for (const auto& [id, licence] : references_) {
            list.push_back(json::object{{"licenseId", id}, {"extractedText", licence}, {"name", licence}});
        }
        return list;
    }

private:
    std::string reference(const std::string& licence) {
        auto id = "LicenseRef-" + short_hash(licence);
        references_[id] = licence;
        return id;
    }

    std::map<std::string, std::string> references_;
};

json::object package_object(std::string_view id, std::string_view name, std::string_view version,
                            std::string_view purpose) {
    json::object object = {{"SPDXID", id}, {"name", name}};
    if (!version.empty()) object["versionInfo"] = version;
    object["supplier"] = nobody_said;
    object["downloadLocation"] = nobody_said;
    object["filesAnalyzed"] = false;
    object["licenseConcluded"] = nobody_said;
    object["licenseDeclared"] = nobody_said;
    object["copyrightText"] = nobody_said;
    object["primaryPackagePurpose"] = purpose;
    return object;
}

void set_purl(json::object& object, std::string_view purl) {
    if (purl.empty()) return;
    object["externalRefs"] =
        json::array{{{"referenceCategory", "PACKAGE-MANAGER"}, {"referenceType", "purl"}, {"referenceLocator", purl}}};
}

std::string source_info(const Component& component) {
    std::string info;
    for (const auto& path : component.paths) {
        if (!path.empty()) info += (info.empty() ? "found in: " : ", ") + path;
    }
    const auto& package = component.package;
    if (package.source_name.empty()) return info;
    return info + (info.empty() ? "" : "; ") + "built from: " + package.source_name + ' ' + package.source_version;
}

json::object component_object(const Component& component, Licences& licences) {
    const auto& package = component.package;
    auto object =
        package_object("SPDXRef-Package-" + short_hash(component.purl), package.name, package.version, "LIBRARY");
    if (!package.vendor.empty()) object["supplier"] = "Organization: " + package.vendor;
    object["licenseDeclared"] = licences.declared(package);
    if (const auto info = source_info(component); !info.empty()) object["sourceInfo"] = info;
    set_purl(object, component.purl);
    return object;
}

json::object root_object(const Subject& subject) {
    constexpr std::string_view sha256 = "sha256:";
    const bool image = !subject.digest.empty();
    auto object = package_object(root_id, clean(subject.name), clean(subject.digest), image ? "CONTAINER" : "OTHER");
    set_purl(object, purl_of(subject));
    if (subject.digest.starts_with(sha256)) {
        object["checksums"] =
            json::array{{{"algorithm", "SHA256"}, {"checksumValue", clean(subject.digest.substr(sha256.size()))}}};
    }
    return object;
}

json::object system_object(const inventory::Distribution& distribution) {
    const auto& version = distribution.version_id.empty() ? distribution.codename : distribution.version_id;
    auto object = package_object(system_id, clean(distribution.id), clean(version), "OPERATING-SYSTEM");
    if (!distribution.name.empty()) object["description"] = clean(distribution.name);
    return object;
}

json::object relationship(std::string_view from, std::string_view type, std::string_view to) {
    return {{"spdxElementId", from}, {"relationshipType", type}, {"relatedSpdxElement", to}};
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& one : texts) all += (all.empty() ? "" : "; ") + clean(one);
    return all;
}

}  // namespace

std::string to_spdx(const inventory::Inventory& inventory, const Subject& subject) {
    const auto components = components_of(inventory);
    Licences licences;
    auto packages = only(root_object(subject));
    auto relationships = only(relationship(document_id, "DESCRIBES", root_id));
    const auto add = [&](json::object object) {
        const auto& id = object["SPDXID"].as_string();
        relationships.push_back(relationship(root_id, "CONTAINS", {id.data(), id.size()}));
        packages.push_back(std::move(object));
    };
    if (inventory.distribution) add(system_object(*inventory.distribution));
    for (const auto& component : components) add(component_object(component, licences));

    const auto name = clean(subject.name);
    json::object document;
    document["spdxVersion"] = "SPDX-2.3";
    document["dataLicense"] = "CC0-1.0";
    document["SPDXID"] = document_id;
    document["name"] = name;
    document["documentNamespace"] =
        "https://spdx.org/spdxdocs/" + percent_encode(name) + '-' + uuid_of(subject, components);
    document["creationInfo"] =
        json::object{{"created", iso_time(subject.created_at)},
                     {"creators", only(json::value("Tool: berth-" + clean(subject.tool_version)))}};
    if (!inventory.problems.empty()) document["comment"] = "Incomplete: " + joined(inventory.problems);
    document["packages"] = std::move(packages);
    document["relationships"] = std::move(relationships);
    if (auto texts = licences.texts(); !texts.empty()) document["hasExtractedLicensingInfos"] = std::move(texts);
    return json::serialize(document);
}

}  // namespace berth::sbom
