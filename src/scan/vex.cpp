#include "scan/vex.hpp"

#include "scan/suppression.hpp"
#include "scan/vex_json.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace berth::scan {

namespace {

using inventory::Purl;

constexpr std::size_t most_bytes = 32 << 20;
constexpr std::size_t most_depth = 64;

bool is_image(const Purl& purl) {
    return purl.type == "oci" || purl.type == "docker";
}

bool names_image(const Purl& purl, const VexImage& image) {
    if (!purl.version.empty()) return purl.version == image.digest;
    const auto slash = image.repository.rfind('/');
    return !image.repository.empty() && purl.name == image.repository.substr(slash + 1);  // npos + 1 is 0
}

bool speaks_of_image(const VexStatement& statement, const VexImage& image) {
    return statement.images.empty() ||
           std::ranges::any_of(statement.images, [&](const Purl& purl) { return names_image(purl, image); });
}

// The names a package goes by: its own, and its source's, which distributions' makers speak of.
std::vector<Purl> names_of(const VulnerablePackage& package,
                           const std::optional<inventory::Distribution>& distribution) {
    inventory::Package binary;
    binary.type = package.type;
    binary.name = package.name;
    binary.version = package.version;
    binary.arch = package.arch;
    std::vector<Purl> names{inventory::purl_of(binary, distribution)};
    if (!inventory::is_operating_system(package.type) || package.type == inventory::PackageType::rpm) return names;
    auto source = binary;
    source.name = package.source_name;
    source.version = package.source_version;
    names.push_back(inventory::purl_of(source, distribution));
    source.arch = "source";
    names.push_back(inventory::purl_of(source, distribution));
    return names;
}

bool speaks_of_package(const VexStatement& statement, const std::vector<Purl>& names) {
    if (statement.packages.empty()) return true;
    return std::ranges::any_of(statement.packages, [&](const Purl& purl) {
        return std::ranges::any_of(names, [&](const Purl& name) { return inventory::covers(purl, name); });
    });
}

// A statement with its place among all that were given.
struct Told {
    std::size_t place;
    const VexDocument* document;
    const VexStatement* statement;
};
using Index = std::unordered_map<std::string, std::vector<Told>>;

Index index_of(const std::vector<VexDocument>& documents, const VexImage& image) {
    Index index;
    std::size_t place = 0;
    for (const auto& document : documents) {
        for (const auto& statement : document.statements) {
            ++place;
            if (!speaks_of_image(statement, image)) continue;
            for (const auto& name : statement.vulnerabilities) {
                index[name].push_back({.place = place, .document = &document, .statement = &statement});
            }
        }
    }
    return index;
}

// The latest first.
std::vector<Told> told_of(const Finding& finding, const Index& index) {
    std::vector<Told> told;
    const auto add = [&](const std::string& name) {
        const auto found = index.find(name);
        if (found != index.end()) told.insert(told.end(), found->second.begin(), found->second.end());
    };
    add(finding.id);
    std::ranges::for_each(finding.related, add);
    std::ranges::sort(told, std::ranges::greater(), &Told::place);
    return told;
}

bool sets_aside(VexStatus status) {
    return status == VexStatus::not_affected || status == VexStatus::fixed;
}

void apply_to(VulnerablePackage& package, const std::vector<Told>& told, const Findings& findings) {
    const auto names = names_of(package, findings.distribution);
    const auto last =
        std::ranges::find_if(told, [&](const Told& each) { return speaks_of_package(*each.statement, names); });
    if (last == told.end() || !sets_aside(last->statement->status)) return;
    package.suppression =
        Suppression{.by = Suppression::By::vex, .name = last->document->id, .reason = last->statement->reason};
}

}  // namespace

std::string_view text_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

const json::object& object_of(const json::object& object, std::string_view key) {
    static const json::object none;
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

const json::array& array_of(const json::object& object, std::string_view key) {
    static const json::array none;
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

bool add_product(std::string_view text, VexStatement& statement) {
    auto purl = inventory::parse_purl(text);
    if (!purl) return false;
    auto& list = is_image(*purl) ? statement.images : statement.packages;
    list.push_back(std::move(*purl));
    return true;
}

void add_statement(VexStatement statement, VexDocument& document) {
    std::erase(statement.vulnerabilities, std::string());
    if (statement.vulnerabilities.empty() || (statement.images.empty() && statement.packages.empty())) return;
    document.statements.push_back(std::move(statement));
}

std::string joined(std::string_view a, std::string_view b) {
    std::string text(a);
    if (!a.empty() && !b.empty()) text += ": ";
    return text.append(b);
}

Result<VexDocument> parse_vex(std::string_view text) {
    const auto refuse = [](const std::string& what) { return fail(FaultKind::invalid_parameter, "VEX: " + what); };
    if (text.size() > most_bytes) return refuse("more than 32 MiB");
    json::parse_options options;
    options.max_depth = most_depth;
    boost::system::error_code error;
    const auto value = json::parse(text, error, {}, options);
    if (error) return refuse("this is no JSON: " + error.message());
    if (!value.is_object()) return refuse("this is no document");
    const auto& document = value.get_object();
    if (text_of(document, "@context").find("openvex") != std::string_view::npos) return read_openvex(document);
    if (text_of(document, "bomFormat") == "CycloneDX") return read_cyclonedx(document);
    if (!text_of(object_of(document, "document"), "csaf_version").empty()) return read_csaf(document);
    return refuse("this is neither OpenVEX nor CycloneDX nor CSAF");
}

void apply_vex(const std::vector<VexDocument>& documents, const VexImage& image, Findings& findings) {
    const auto index = index_of(documents, image);
    if (index.empty()) return;
    for (auto& finding : findings.findings) {
        const auto told = told_of(finding, index);
        if (told.empty()) continue;
        for (auto& package : finding.packages) {
            if (!package.suppression) apply_to(package, told, findings);
        }
        settle_suppression(finding);
    }
}

}  // namespace berth::scan
