#include "scanning/clair/report.hpp"

#include "base/encoding.hpp"
#include "scan/severity.hpp"
#include "scanning/clair/json.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace berth::scanning::clair {

namespace {

namespace json = boost::json;
using inventory::PackageType;
using scan::Severity;

constexpr std::size_t max_hits = 1'000'000;

// "python:usr/lib/python3/dist-packages": the kind of the database, and where it is.
struct Place {
    std::optional<PackageType> type;
    std::string path;
};

Place place_of(std::string text) {
    constexpr std::array<std::pair<std::string_view, PackageType>, 7> prefixes{{{"python:", PackageType::pypi},
                                                                                {"go:", PackageType::go},
                                                                                {"ruby:", PackageType::gem},
                                                                                {"nodejs:", PackageType::npm},
                                                                                {"maven:", PackageType::maven},
                                                                                {"jar:", PackageType::maven},
                                                                                {"file:", PackageType::maven}}};
    for (const auto& [prefix, type] : prefixes) {
        if (text.starts_with(prefix)) return {.type = type, .path = text.substr(prefix.size())};
    }
    constexpr std::array<std::pair<std::string_view, PackageType>, 4> databases{{{"dpkg", PackageType::deb},
                                                                                 {"apk", PackageType::apk},
                                                                                 {"rpm", PackageType::rpm},
                                                                                 {".jar", PackageType::maven}}};
    for (const auto& [part, type] : databases) {
        if (text.contains(part)) return {.type = type, .path = std::move(text)};
    }
    return {.type = std::nullopt, .path = std::move(text)};
}

Severity severity_of(std::string_view normalized) {
    constexpr std::array<std::pair<std::string_view, Severity>, 5> words{{{"Negligible", Severity::informational},
                                                                          {"Low", Severity::low},
                                                                          {"Medium", Severity::medium},
                                                                          {"High", Severity::high},
                                                                          {"Critical", Severity::critical}}};
    const auto found = std::ranges::find(words, normalized, &std::pair<std::string_view, Severity>::first);
    return found == words.end() ? Severity::undefined : found->second;
}

// "CVE-2009-5155 on Ubuntu 18.04 LTS (bionic) - low.": the CVE in it, else the first word.
std::string flaw_of(const std::string& name) {
    const auto is_digit = [&](std::size_t i) { return i < name.size() && name[i] >= '0' && name[i] <= '9'; };
    if (const auto at = name.find("CVE-"); at != std::string::npos) {
        constexpr std::size_t year = 4;
        auto end = at + 4;
        while (is_digit(end)) ++end;
        if (end == at + 4 + year && end < name.size() && name[end] == '-' && is_digit(end + 1)) {
            ++end;
            while (is_digit(end)) ++end;
            return name.substr(at, end - at);
        }
    }
    return name.substr(0, name.find_first_of(" :"));
}

// A version, or (of OSV's ecosystems) "fixed=1.2&introduced=0"; "0" is Clair's word for none.
std::string fix_of(const json::object& vulnerability) {
    auto text = text_at(vulnerability, "fixed_in_version");
    if (text.contains("introduced=") || text.starts_with("fixed=") || text.starts_with("lastAffected=")) {
        const auto at = text.starts_with("fixed=") ? 0 : text.find("&fixed=");
        if (at == std::string::npos) return {};
        const auto begin = text.find('=', at) + 1;
        text = percent_decode(text.substr(begin, text.find('&', begin) - begin)).value_or("");
    }
    return text == "0" ? std::string() : text;
}

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        if (end > at) words.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

class Reader {
public:
    Reader(const json::object& report, const std::vector<std::string>& layers, scan::Depth depth)
        : report_(report), layers_(layers), depth_(depth) {}

    Result<scan::Findings> read() {
        scan::Findings findings;
        read_distribution(findings);
        std::size_t hits = 0;
        const auto& vulnerabilities = object_at(report_, "vulnerabilities");
        for (const auto& [id, list] : object_at(report_, "package_vulnerabilities")) {
            auto package = package_of(id);
            if (!package || !list.is_array()) continue;
            for (const auto& key : list.get_array()) {
                if (++hits > max_hits) return fail(FaultKind::too_large, "Clair's report has too many findings");
                if (!key.is_string()) continue;
                const auto& vulnerability = object_at(vulnerabilities, key.get_string());
                if (!vulnerability.empty()) add(std::string(key.get_string()), vulnerability, *package);
            }
        }
        for (auto& [id, finding] : found_) findings.findings.push_back(settle(std::move(finding)));
        std::ranges::stable_sort(findings.findings, std::greater<>(), &scan::Finding::severity);
        return findings;
    }

private:
    void read_distribution(scan::Findings& findings) const {
        findings.database.generation = "clair";
        const auto& distributions = object_at(report_, "distributions");
        if (!distributions.empty() && distributions.begin()->value().is_object()) {
            const auto& one = distributions.begin()->value().get_object();
            findings.distribution = inventory::Distribution{.id = text_at(one, "did"),
                                                            .version_id = text_at(one, "version_id"),
                                                            .codename = text_at(one, "version_code_name"),
                                                            .name = text_at(one, "pretty_name")};
            return;
        }
        // No findings must not look like safety where Clair saw nothing it knows.
        if (depth_ == scan::Depth::enhanced && !object_at(report_, "packages").empty()) return;
        findings.outcome = scan::Outcome::unsupported_system;
        findings.reason = "Clair knows no operating system of this image";
    }

    std::optional<scan::VulnerablePackage> package_of(std::string_view id) const {
        const auto& found = object_at(object_at(report_, "packages"), id);
        const auto& environments = array_at(object_at(report_, "environments"), id);
        if (found.empty() || environments.empty() || !environments.front().is_object()) return std::nullopt;
        const auto& environment = environments.front().get_object();
        auto place = place_of(text_at(environment, "package_db"));
        if (!place.type) return std::nullopt;
        if (depth_ == scan::Depth::basic && !inventory::is_operating_system(*place.type)) return std::nullopt;
        scan::VulnerablePackage package;
        package.type = *place.type;
        package.name = text_at(found, "name");
        package.version = text_at(found, "version");
        package.arch = text_at(found, "arch");
        package.path = std::move(place.path);
        const auto& source = object_at(found, "source");
        package.source_name = text_at(source, "name");
        // Older indexers keep the version beside the name: "util-linux (2.33.1-0.1)".
        package.source_name.resize(std::min(package.source_name.find(" ("), package.source_name.size()));
        package.source_version = text_at(source, "version");
        if (package.source_name.empty()) package.source_name = package.name;
        if (package.source_version.empty()) package.source_version = package.version;
        const auto layer = std::ranges::find(layers_, text_at(environment, "introduced_in"));
        if (layer != layers_.end()) package.layer = static_cast<std::size_t>(layer - layers_.begin());
        return package;
    }

    void add(const std::string& key, const json::object& vulnerability, scan::VulnerablePackage package) {
        const auto id = flaw_of(text_at(vulnerability, "name"));
        if (id.empty()) return;
        package.fixed_in = fix_of(vulnerability);
        package.vendor_severity = text_at(vulnerability, "severity");
        package.severity = severity_of(text_at(vulnerability, "normalized_severity"));
        auto [place, is_new] = found_.try_emplace(id);
        auto& finding = place->second;
        if (is_new) describe(id, key, vulnerability, finding);
        const auto same = [&](const scan::VulnerablePackage& other) {
            return std::tie(other.name, other.version, other.path) ==
                   std::tie(package.name, package.version, package.path);
        };
        const auto known = std::ranges::find_if(finding.packages, same);
        if (known == finding.packages.end()) {
            finding.packages.push_back(std::move(package));
            return;
        }
        // Another updater or distribution says the same: the worse word, and any fix.
        if (known->severity < package.severity) {
            known->severity = package.severity;
            known->vendor_severity = std::move(package.vendor_severity);
        }
        if (known->fixed_in.empty()) known->fixed_in = std::move(package.fixed_in);
    }

    void describe(const std::string& id, const std::string& key, const json::object& vulnerability,
                  scan::Finding& finding) const {
        finding.id = id;
        finding.description = text_at(vulnerability, "description");
        finding.source = text_at(vulnerability, "updater");
        finding.references = words_of(text_at(vulnerability, "links"));
        if (!finding.references.empty()) finding.uri = finding.references.front();
        for (const auto& [kind, list] : object_at(report_, "enrichments")) {
            if (!kind.contains("cvss") || !list.is_array()) continue;
            for (const auto& part : list.get_array()) {
                if (!part.is_object()) continue;
                for (const auto& score : array_at(part.get_object(), key)) {
                    if (!score.is_object()) continue;
                    auto cvss = scan::parse_cvss(text_at(score.get_object(), "vectorString"), "NVD");
                    if (cvss) finding.cvss.push_back(std::move(*cvss));
                }
            }
        }
    }

    static scan::Finding settle(scan::Finding finding) {
        std::ranges::sort(finding.packages, {}, [](const scan::VulnerablePackage& package) {
            return std::tie(package.name, package.version, package.path);
        });
        const auto worst = std::ranges::max_element(finding.packages, {}, &scan::VulnerablePackage::severity);
        finding.severity = worst->severity;
        finding.vendor_severity = worst->vendor_severity;
        // What no publisher has judged, a score may.
        if (finding.severity == Severity::undefined && !finding.cvss.empty()) {
            const auto& best = finding.cvss.front();
            finding.severity = scan::severity_of_score(best.score, best.version == "2.0");
            for (auto& package : finding.packages) package.severity = finding.severity;
        }
        const auto fixed =
            std::ranges::count_if(finding.packages, [](const auto& one) { return !one.fixed_in.empty(); });
        const auto all = std::ranges::ssize(finding.packages);
        finding.fix_available = fixed == 0     ? scan::FixAvailable::no
                                : fixed == all ? scan::FixAvailable::yes
                                               : scan::FixAvailable::partial;
        finding.kernel_headers_only = std::ranges::all_of(finding.packages, [](const auto& one) {
            return one.name == "linux-libc-dev" || one.name == "kernel-headers";
        });
        return finding;
    }

    const json::object& report_;
    const std::vector<std::string>& layers_;
    scan::Depth depth_;
    std::map<std::string, scan::Finding> found_;
};

}  // namespace

Result<scan::Findings> findings_of(std::string_view report, const std::vector<std::string>& layers, scan::Depth depth) {
    const auto root = parse_object(report);
    if (!root || !root->contains("packages") || !root->contains("package_vulnerabilities")) {
        return fail(FaultKind::invalid_parameter, "Clair's answer is no vulnerability report");
    }
    return Reader(*root, layers, depth).read();
}

}  // namespace berth::scanning::clair
