#include "vulndb/erratum.hpp"

#include "vulndb/times.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace berth::vulndb {

namespace {

// By the beginning of an erratum's name.
struct Distribution {
    std::string_view prefix;
    std::string_view ecosystem;
    std::string_view mark;  // before the release in a package's release
    std::string_view source;
    std::string_view page;  // empty: the first reference
};

constexpr std::array<Distribution, 5> distributions{{
    {"ALAS", "Amazon Linux", ".amzn", "AMAZON_CVE", {}},
    {"ALSA", "AlmaLinux", ".el", "ALMALINUX", {}},
    {"RLSA", "Rocky Linux", ".el", "ROCKY_LINUX", "https://errata.rockylinux.org/"},
    {"ELSA", "Oracle Linux", ".el", "ORACLE_LINUX", "https://linux.oracle.com/errata/"},
    {"RHSA", "Red Hat", ".el", "REDHAT_ERRATA", "https://access.redhat.com/errata/"},
}};

// The number behind the distribution's mark, "2023" of "3.amzn2023.0.2"; empty: there is none.
std::string release_in(std::string_view version, std::string_view mark) {
    const auto at = version.rfind(mark);
    if (at == std::string_view::npos) return {};
    const auto rest = version.substr(at + mark.size());
    const auto end = std::ranges::find_if(rest, [](char c) { return c < '0' || c > '9'; });
    return {rest.begin(), end};
}

// "ALAS2DOCKER-2021-001", "ALAS2NITRO-ENCLAVES-2022-001": topics of Amazon's extras. The base is ALAS-, ALAS2-,
// ALAS2023-.
bool is_of_extras(std::string_view id) {
    const auto rest = id.substr(4, id.find('-') - 4);
    return !std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; });
}

std::string amazon_page(const std::string& id, std::string_view release) {
    const std::string base = "https://alas.aws.amazon.com/";
    if (release == "1") return base + id + ".html";
    // AL2 errata are addressed without the number that newer feeds put into their name.
    const auto rest = id.substr(id.find('-'));
    return base + "AL" + std::string(release) + "/ALAS" + (release == "2" ? "2" : "") + rest + ".html";
}

// One entry a package and fixed version; architectures with the same fix stand together.
std::vector<Advice> advice_of(const Erratum& erratum, const Distribution& distribution) {
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> fixes;
    for (const auto& package : erratum.packages)
        if (package.arch != "src") fixes[{package.name, package.version}].push_back(package.arch);
    std::vector<Advice> all;
    for (auto& [key, architectures] : fixes) {
        const auto release = release_in(key.second, distribution.mark);
        if (release.empty()) continue;
        Advice advice{.stream = {.ecosystem = std::string(distribution.ecosystem), .release = release},
                      .package = key.first,
                      .affected = {}};
        advice.affected.ranges.push_back({.introduced = {}, .fixed = key.second, .last_affected = {}});
        if (std::ranges::find(architectures, "noarch") == architectures.end())
            advice.affected.architectures = std::move(architectures);
        all.push_back(std::move(advice));
    }
    return all;
}

}  // namespace

void take_erratum(Erratum erratum, RecordSink& sink) {
    const auto distribution =
        std::ranges::find_if(distributions, [&erratum](const auto& d) { return erratum.id.starts_with(d.prefix); });
    if (distribution == distributions.end())
        return sink.skip(erratum.id, "an erratum of a distribution that is not known");
    if (distribution->prefix == "ALAS" && !erratum.id.contains('-'))
        return sink.skip(erratum.id, "a name that is none of Amazon's");
    if (distribution->prefix == "ALAS" && is_of_extras(erratum.id))
        return sink.skip(erratum.id, "an erratum of Amazon's extras");
    if (erratum.cves.empty()) return sink.skip(erratum.id, "an erratum without a CVE");
    Record record;
    record.advice = advice_of(erratum, *distribution);
    auto& vulnerability = record.vulnerability;
    vulnerability.id = std::move(erratum.id);
    vulnerability.related = std::move(erratum.cves);
    vulnerability.summary = std::move(erratum.title);
    vulnerability.details = std::move(erratum.description);
    vulnerability.source = distribution->source;
    vulnerability.severity = std::move(erratum.severity);
    vulnerability.references = std::move(erratum.references);
    vulnerability.published_at = parse_time(erratum.issued);
    vulnerability.modified_at = parse_time(erratum.updated);
    if (!vulnerability.modified_at) vulnerability.modified_at = vulnerability.published_at;
    if (!distribution->page.empty())
        vulnerability.uri = std::string(distribution->page) + vulnerability.id;
    else if (distribution->prefix == "ALAS" && !record.advice.empty())
        vulnerability.uri = amazon_page(vulnerability.id, record.advice.front().stream.release);
    else if (!vulnerability.references.empty())
        vulnerability.uri = vulnerability.references.front();
    sink.take(std::move(record));
}

}  // namespace berth::vulndb
