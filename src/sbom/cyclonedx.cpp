#include "sbom/cyclonedx.hpp"

#include "sbom/licence.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace berth::sbom {

namespace {

namespace json = boost::json;
using inventory::PackageType;

constexpr std::string_view root_ref = "image";
constexpr std::string_view system_ref = "operating-system";

// Braces around one pair can mean a list as well as an object; this says which.
json::array only(json::object object) {
    json::array list;
    list.push_back(std::move(object));
    return list;
}

void add_property(json::array& properties, std::string_view name, std::string_view value) {
    if (!value.empty()) properties.push_back(json::object{{"name", name}, {"value", value}});
}

// Either identifiers and names one by one, or one expression: the format allows no mixture.
json::array licences_of(const inventory::Package& package) {
    json::array result;
    for (const auto& licence : package.licences) {
        const auto known = parse_licence(licence);
        if (known && known->compound && package.licences.size() == 1) {
            return only(json::object{{"expression", known->text}});
        }
        // An identifier with + is an expression, and no member of the list.
        const bool listed = known && !known->compound && !known->text.ends_with('+');
        json::object entry{{listed ? "id" : "name", listed ? known->text : licence}};
        result.push_back(json::object{{"license", std::move(entry)}});
    }
    return result;
}

struct GroupAndName {
    std::string_view group;
    std::string_view name;
};

GroupAndName group_and_name(const inventory::Package& package) {
    const std::string_view name = package.name;
    const bool maven = package.type == PackageType::maven;
    const bool grouped =
        maven || package.type == PackageType::composer || (package.type == PackageType::npm && name.starts_with('@'));
    const auto separator = name.find(maven ? ':' : '/');
    if (!grouped || separator == std::string_view::npos) {
        return {.group = {}, .name = name};
    }
    return {.group = name.substr(0, separator), .name = name.substr(separator + 1)};
}

json::array properties_of(const inventory::Package& package, const Subject& subject) {
    json::array properties;
    if (package.layer < subject.layers.size()) {
        add_property(properties, "berth:layer:digest", clean(subject.layers[package.layer]));
    }
    add_property(properties, "berth:layer:index", std::to_string(package.layer));
    add_property(properties, "berth:module", package.module_label);
    add_property(properties, "berth:owned_by", package.owned_by);
    add_property(properties, "berth:source:name", package.source_name);
    add_property(properties, "berth:source:version", package.source_version);
    if (package.confidence == inventory::Confidence::guessed) add_property(properties, "berth:confidence", "guessed");
    return properties;
}

json::object component_object(const Component& component, const Subject& subject) {
    const auto& package = component.package;
    const auto [group, name] = group_and_name(package);
    json::object object = {{"type", "library"}, {"bom-ref", component.purl}};
    if (!package.vendor.empty()) object["publisher"] = package.vendor;
    if (!group.empty()) object["group"] = group;
    object["name"] = name;
    object["version"] = package.version;
    if (auto licences = licences_of(package); !licences.empty()) object["licenses"] = std::move(licences);
    object["purl"] = component.purl;
    json::array occurrences;
    for (const auto& path : component.paths) {
        if (!path.empty()) occurrences.push_back(json::object{{"location", path}});
    }
    if (!occurrences.empty()) object["evidence"] = json::object{{"occurrences", std::move(occurrences)}};
    object["properties"] = properties_of(package, subject);
    return object;
}

json::object system_object(const inventory::Distribution& distribution) {
    json::object object = {{"type", "operating-system"}, {"bom-ref", system_ref}, {"name", clean(distribution.id)}};
    const auto& version = distribution.version_id.empty() ? distribution.codename : distribution.version_id;
    if (!version.empty()) object["version"] = clean(version);
    if (!distribution.name.empty()) object["description"] = clean(distribution.name);
    return object;
}

json::object root_object(const Subject& subject) {
    json::object object = {{"type", subject.digest.empty() ? "application" : "container"}, {"bom-ref", root_ref}};
    object["name"] = clean(subject.name);
    if (subject.digest.empty()) return object;
    object["version"] = clean(subject.digest);
    object["purl"] = purl_of(subject);
    return object;
}

json::object metadata_object(const Subject& subject) {
    json::object tool = {{"type", "application"}, {"name", "berth"}, {"version", clean(subject.tool_version)}};
    return {{"timestamp", iso_time(subject.created_at)},
            {"tools", json::object{{"components", only(std::move(tool))}}},
            {"component", root_object(subject)}};
}

}  // namespace

std::string to_cyclonedx(const inventory::Inventory& inventory, const Subject& subject) {
    const auto components = components_of(inventory);
    json::array list;
    json::array references;
    const auto add = [&](json::object object) {
        references.push_back(object["bom-ref"]);
        list.push_back(std::move(object));
    };
    if (inventory.distribution) add(system_object(*inventory.distribution));
    for (const auto& component : components) add(component_object(component, subject));

    json::object bill = {{"$schema", "http://cyclonedx.org/schema/bom-1.5.schema.json"},
                         {"bomFormat", "CycloneDX"},
                         {"specVersion", "1.5"},
                         {"serialNumber", "urn:uuid:" + uuid_of(subject, components)},
                         {"version", 1},
                         {"metadata", metadata_object(subject)},
                         {"components", std::move(list)}};
    bill["dependencies"] = only(json::object{{"ref", root_ref}, {"dependsOn", std::move(references)}});
    if (!inventory.problems.empty()) {
        json::array assemblies;
        assemblies.push_back(json::value(root_ref));
        bill["compositions"] = only(json::object{{"aggregate", "incomplete"}, {"assemblies", std::move(assemblies)}});
    }
    return json::serialize(bill);
}

}  // namespace berth::sbom
