#include "scan/assemble.hpp"

#include "scan/flaw_names.hpp"
#include "scan/gather.hpp"
#include "vulndb/names.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

namespace berth::scan {

namespace {

using inventory::Package;
using vulndb::Vulnerability;

// The hits on one flaw, with their records.
struct Draft {
    struct Item {
        const PackageHit* hit;
        const Vulnerability* record;
    };
    std::vector<Item> items;
};
using Drafts = std::map<std::string, Draft>;

Drafts drafts_of(const std::vector<PackageHit>& hits, Records& records) {
    FlawNames names;
    for (const auto& hit : hits) names.add(records.get(hit.record));
    names.settle();
    Drafts drafts;
    for (const auto& hit : hits) {
        const auto& record = records.get(hit.record);
        for (const auto& cve : hit.cves) drafts[cve].items.push_back({.hit = &hit, .record = &record});
        if (hit.cves.empty()) drafts[names.name_of(record)].items.push_back({.hit = &hit, .record = &record});
    }
    return drafts;
}

// Who is heard first: the distribution, which knows what it built; then who speaks of the CVE itself; then GitHub.
auto rank_of(const Draft::Item& item) {
    const bool language = !inventory::is_operating_system(item.hit->package->type);
    const bool cve = !vulndb::cve_in_name(item.record->id).empty();
    const bool github = item.record->id.starts_with("GHSA-");
    return std::tuple<bool, bool, bool, std::string_view>(language, !cve, !github, item.record->id);
}

int version_rank(const Cvss& cvss) {
    return cvss.version == "3.1" ? 0 : cvss.version == "3.0" ? 1 : cvss.version == "4.0" ? 2 : 3;
}

void add_scores(const Vulnerability& record, std::vector<Cvss>& scores) {
    for (const auto& score : record.scores) {
        const bool known = std::ranges::any_of(
            scores, [&](const Cvss& other) { return other.vector == score.vector && other.source == score.source; });
        if (known) continue;
        if (auto cvss = parse_cvss(score.vector, score.source)) scores.push_back(std::move(*cvss));
    }
}

void add_record(const Vulnerability& record, bool own_flaw, Finding& finding, std::set<std::string>& related) {
    fill(finding.title, record.summary);
    fill(finding.description, record.details);
    fill(finding.source, record.source);
    fill(finding.uri, record.uri);
    fill(finding.published_at, record.published_at);
    fill(finding.modified_at, record.modified_at);
    fill(finding.epss, record.epss);
    finding.known_exploited = finding.known_exploited || record.known_exploited;
    add_scores(record, finding.cvss);
    add_missing(finding.references, record.references);
    related.insert(record.id);
    related.insert(record.aliases.begin(), record.aliases.end());
    // An erratum's other flaws are findings of their own.
    if (own_flaw) related.insert(record.related.begin(), record.related.end());
}

VulnerablePackage package_of(const PackageHit& hit) {
    const auto& package = *hit.package;
    const bool has_source = !package.source_name.empty();
    return {.type = package.type,
            .name = package.name,
            .version = package.version,
            .source_name = has_source ? package.source_name : package.name,
            .source_version = package.source_version.empty() ? package.version : package.source_version,
            .arch = package.arch,
            .path = package.path,
            .layer = package.layer,
            .fixed_in = hit.fixed_in,
            .state = hit.state,
            .severity = Severity::undefined,
            .vendor_severity = {},
            .confidence = package.confidence,
            .suppression = std::nullopt};
}

// Another record of the same flaw in the same package: good is what is good by both.
void merge(const PackageHit& hit, VulnerablePackage& found) {
    if (hit.fixed_in.empty()) return;
    const auto order = versions::compare(hit.subject->scheme, found.fixed_in, hit.fixed_in);
    if (found.fixed_in.empty() || (order && *order < 0)) found.fixed_in = hit.fixed_in;
}

void take_word(std::string_view word, VulnerablePackage& package) {
    if (!package.vendor_severity.empty()) return;
    if (const auto severity = severity_of_word(word)) {
        package.severity = *severity;
        package.vendor_severity = word;
    }
}

using Places = std::unordered_map<const Package*, std::size_t>;

void add_package(const Draft::Item& item, Places& places, std::vector<VulnerablePackage>& packages) {
    const auto [place, is_new] = places.try_emplace(item.hit->package, packages.size());
    if (is_new) packages.push_back(package_of(*item.hit));
    auto& package = packages[place->second];
    if (!is_new) merge(*item.hit, package);
    take_word(item.hit->severity, package);
    take_word(item.record->severity, package);
}

void judge(Finding& finding) {
    const auto by_score = finding.cvss.empty()
                              ? Severity::undefined
                              : severity_of_score(finding.cvss.front().score, finding.cvss.front().version == "2.0");
    std::size_t with_fix = 0;
    for (auto& package : finding.packages) {
        if (package.vendor_severity.empty()) package.severity = by_score;
        if (!package.fixed_in.empty()) ++with_fix;
    }
    const auto worst = std::ranges::max_element(finding.packages, {}, &VulnerablePackage::severity);
    finding.severity = worst->severity;
    finding.vendor_severity = worst->vendor_severity;
    finding.fix_available = with_fix == 0                         ? FixAvailable::no
                            : with_fix == finding.packages.size() ? FixAvailable::yes
                                                                  : FixAvailable::partial;
}

bool is_kernel_headers(const VulnerablePackage& package) {
    const std::string_view name = package.name;
    return inventory::is_operating_system(package.type) &&
           (name.starts_with("linux-libc-dev") || name.starts_with("linux-headers") || name == "kernel-headers");
}

Finding finding_of(const std::string& name, Draft& draft) {
    std::ranges::stable_sort(draft.items, {}, rank_of);
    Finding finding;
    finding.id = name;
    std::set<std::string> related;
    Places places;
    const Vulnerability* before = nullptr;
    for (const auto& item : draft.items) {
        if (item.record != before) add_record(*item.record, item.hit->cves.empty(), finding, related);
        before = item.record;
        add_package(item, places, finding.packages);
    }
    related.erase(name);
    finding.related.assign(related.begin(), related.end());
    std::ranges::stable_sort(finding.cvss, {}, version_rank);
    std::ranges::sort(finding.packages, {}, [](const VulnerablePackage& package) {
        return std::tie(package.name, package.version, package.path, package.arch);
    });
    judge(finding);
    finding.kernel_headers_only = std::ranges::all_of(finding.packages, is_kernel_headers);
    return finding;
}

}  // namespace

std::vector<Finding> assemble(const std::vector<PackageHit>& hits, Records& records, bool headers_last) {
    auto drafts = drafts_of(hits, records);
    std::vector<Finding> findings;
    findings.reserve(drafts.size());
    for (auto& [name, draft] : drafts) findings.push_back(finding_of(name, draft));
    put_in_order(findings, headers_last);
    return findings;
}

void put_in_order(std::vector<Finding>& findings, bool headers_last) {
    std::ranges::stable_sort(findings, [&](const Finding& a, const Finding& b) {
        const bool a_last = headers_last && a.kernel_headers_only;
        const bool b_last = headers_last && b.kernel_headers_only;
        return a_last != b_last ? b_last : a.severity > b.severity;
    });
}

}  // namespace berth::scan
