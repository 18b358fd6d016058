#include "vulndb/csaf_products.hpp"

#include "base/encoding.hpp"
#include "vulndb/names.hpp"

#include <utility>
#include <vector>

namespace berth::vulndb {

namespace {

// "cpe:/o:redhat:enterprise_linux:9::baseos" without what stands before the product.
std::optional<Stream> stream_of_cpe(std::string_view cpe) {
    constexpr std::string_view vendor = ":redhat:";
    const auto at = cpe.find(vendor);
    if (!cpe.starts_with("cpe:/") || at == std::string_view::npos) return std::nullopt;
    return stream_of_osv("Red Hat:" + std::string(cpe.substr(at + vendor.size())));
}

// "nodejs:18:8090020231113:rhel8" names the build as well; the label is name and stream.
std::string module_label(std::string_view module) {
    const auto first = module.find(':');
    const auto second = first == std::string_view::npos ? first : module.find(':', first + 1);
    return std::string(module.substr(0, second));
}

struct Qualifiers {
    std::string arch;
    std::string epoch;
    std::string module;
};

Qualifiers parse_qualifiers(std::string_view text) {
    Qualifiers result;
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        const auto key = pair.substr(0, equals);
        auto value = percent_decode(pair.substr(equals + 1)).value_or("");
        if (key == "arch")
            result.arch = std::move(value);
        else if (key == "epoch")
            result.epoch = std::move(value);
        else if (key == "rpmmod")
            result.module = std::move(value);
    }
    return result;
}

}  // namespace

std::optional<RpmProduct> parse_rpm_purl(std::string_view purl) {
    constexpr std::string_view scheme = "pkg:rpm/";
    if (!purl.starts_with(scheme)) return std::nullopt;
    purl.remove_prefix(scheme.size());
    purl = purl.substr(0, purl.find('#'));
    const auto question = purl.find('?');
    const auto qualifiers =
        parse_qualifiers(question == std::string_view::npos ? std::string_view{} : purl.substr(question + 1));
    purl = purl.substr(0, question);
    const auto at = purl.find('@');
    auto version = percent_decode(at == std::string_view::npos ? std::string_view{} : purl.substr(at + 1));
    const auto path = purl.substr(0, at);
    auto name = percent_decode(path.substr(path.rfind('/') + 1));
    if (!name || name->empty() || !version) return std::nullopt;
    if (!version->empty() && !qualifiers.epoch.empty()) version->insert(0, qualifiers.epoch + ":");
    return RpmProduct{.name = *std::move(name),
                      .version = *std::move(version),
                      .arch = qualifiers.arch == "noarch" ? std::string{} : qualifiers.arch,
                      .module_label = module_label(qualifiers.module)};
}

CsafProducts::CsafProducts(const JsonObject& product_tree) {
    if (const auto branches = array_of(product_tree, "branches")) read_branches(*branches);
    if (const auto relationships = array_of(product_tree, "relationships")) read_relationships(*relationships);
}

void CsafProducts::read_branches(const JsonArray& roots) {
    std::vector<JsonArray> waiting{roots};
    while (!waiting.empty()) {
        const auto branches = waiting.back();
        waiting.pop_back();
        for (const auto item : branches) {
            const auto branch = as_object(item);
            if (!branch) continue;
            if (const auto product = object_of(*branch, "product")) read_product(*product);
            if (const auto inner = array_of(*branch, "branches")) waiting.push_back(*inner);
        }
    }
}

void CsafProducts::read_product(const JsonObject& product) {
    const auto helper = object_of(product, "product_identification_helper");
    if (!helper) return;
    const auto id = text_of(product, "product_id");
    if (auto stream = stream_of_cpe(text_of(*helper, "cpe"))) releases_.emplace(id, *std::move(stream));
    if (auto package = parse_rpm_purl(text_of(*helper, "purl"))) packages_.emplace(id, *std::move(package));
}

void CsafProducts::read_relationships(const JsonArray& relationships) {
    for (const auto item : relationships) {
        const auto relationship = as_object(item);
        const auto product = relationship ? object_of(*relationship, "full_product_name") : std::nullopt;
        if (!product) continue;
        const auto release = releases_.find(text_of(*relationship, "relates_to_product_reference"));
        const auto package = packages_.find(text_of(*relationship, "product_reference"));
        if (release == releases_.end() || package == packages_.end()) continue;
        released_.emplace(text_of(*product, "product_id"),
                          ReleasedProduct{.stream = release->second, .package = package->second});
    }
}

const ReleasedProduct* CsafProducts::find(std::string_view product_id) const {
    const auto found = released_.find(std::string(product_id));
    return found == released_.end() ? nullptr : &found->second;
}

}  // namespace berth::vulndb
