#include "api/aws/scan_report.hpp"

#include "api/aws/encode.hpp"
#include "base/encoding.hpp"
#include "base/sha256.hpp"
#include "model/arn.hpp"
#include "scan/report_text.hpp"
#include "scanning/scan_notes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>
#include <utility>

namespace berth::api::aws {

namespace {

using inventory::PackageType;

std::optional<AnyText> given(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return AnyText{std::string(text)};
}

// What an image says of itself may be any bytes; JSON is UTF-8.
std::optional<AnyText> cleaned(std::string_view text) {
    return given(scan::printable(text));
}

std::optional<Timestamp> time_of(const std::optional<std::int64_t>& milliseconds) {
    if (!milliseconds) return std::nullopt;
    return Timestamp(std::chrono::milliseconds(*milliseconds));
}

std::string_view scan_severity_name(scan::Severity severity) {
    // The enhanced form's word for what nobody has judged.
    return severity == scan::Severity::undefined ? "UNTRIAGED" : scan::name_of(severity);
}

// As the enhanced scan's own API calls them.
std::string_view manager_of(PackageType type) {
    switch (type) {
        case PackageType::deb:
        case PackageType::apk:
        case PackageType::rpm:
            return "OS";
        case PackageType::npm:
            return "NODEPKG";
        case PackageType::pypi:
            return "PYTHONPKG";
        case PackageType::go:
            return "GOBINARY";
        case PackageType::maven:
            return "JAR";
        case PackageType::cargo:
            return "CARGO";
        case PackageType::gem:
            return "GEMSPEC";
        case PackageType::nuget:
            return "DOTNET_CORE";
        case PackageType::composer:
            return "COMPOSER";
    }
    return "OS";
}

// [epoch:]version[-release] in its parts, for the systems that have them.
struct VersionParts {
    std::optional<std::int64_t> epoch;
    std::string_view version;
    std::string_view release;
};

VersionParts parts_of(PackageType type, std::string_view whole) {
    VersionParts parts{.epoch = std::nullopt, .version = whole, .release = {}};
    if (!inventory::is_operating_system(type)) return parts;
    if (const auto colon = parts.version.find(':'); colon != std::string_view::npos) {
        std::int64_t epoch = 0;
        const auto* end = parts.version.data() + colon;
        const auto [stopped, error] = std::from_chars(parts.version.data(), end, epoch);
        if (error == std::errc{} && stopped == end) {
            parts.epoch = epoch;
            parts.version.remove_prefix(colon + 1);
        }
    }
    if (!parts.epoch && type != PackageType::apk) parts.epoch = 0;
    if (const auto hyphen = parts.version.rfind('-'); hyphen != std::string_view::npos && hyphen > 0) {
        parts.release = parts.version.substr(hyphen + 1);
        parts.version = parts.version.substr(0, hyphen);
    }
    return parts;
}

VulnerablePackage package_of(const scan::VulnerablePackage& package, const FindingImage& image) {
    const auto parts = parts_of(package.type, package.version);
    VulnerablePackage shown;
    shown.arch = cleaned(package.arch);
    if (parts.epoch) shown.epoch = Number<no_minimum, no_maximum>{*parts.epoch};
    shown.filePath = cleaned(package.path);
    shown.name = cleaned(package.name);
    shown.packageManager = given(manager_of(package.type));
    shown.release = cleaned(parts.release);
    if (package.layer < image.layers.size()) shown.sourceLayerHash = given(image.layers[package.layer]);
    shown.version = cleaned(parts.version);
    shown.fixedInVersion = given(package.fixed_in.empty() ? std::string_view("NotAvailable") : package.fixed_in);
    return shown;
}

PackageVulnerabilityDetails details_of(const scan::Finding& finding, const FindingImage& image) {
    PackageVulnerabilityDetails details;
    details.cvss.emplace();
    for (const auto& cvss : finding.cvss) {
        details.cvss->items.push_back({.baseScore = Real{cvss.score},
                                       .scoringVector = given(cvss.vector),
                                       .source = given(cvss.source),
                                       .version = given(cvss.version)});
    }
    details.referenceUrls.emplace();
    for (const auto& url : finding.references) details.referenceUrls->items.push_back(Url{url});
    details.relatedVulnerabilities.emplace();
    for (const auto& name : finding.related) details.relatedVulnerabilities->items.push_back(AnyText{name});
    details.source = given(finding.source);
    details.sourceUrl = given(finding.uri);
    details.vendorCreatedAt = time_of(finding.published_at);
    details.vendorSeverity = given(finding.vendor_severity);
    details.vendorUpdatedAt = time_of(finding.modified_at);
    details.vulnerabilityId = given(finding.id);
    details.vulnerablePackages.emplace();
    for (const auto& package : finding.packages) {
        details.vulnerablePackages->items.push_back(package_of(package, image));
    }
    return details;
}

std::string_view fix_word(scan::FixAvailable fix) {
    switch (fix) {
        case scan::FixAvailable::yes:
            return "YES";
        case scan::FixAvailable::partial:
            return "PARTIAL";
        case scan::FixAvailable::no:
            break;
    }
    return "NO";
}

// "CVE-1 - a, b": as the enhanced scan writes titles.
std::string title_of(const scan::Finding& finding) {
    std::vector<std::string_view> names;
    for (const auto& package : finding.packages) {
        if (std::ranges::find(names, package.name) == names.end()) names.push_back(package.name);
    }
    std::string title = finding.id;
    const char* separator = " - ";
    for (const auto name : names) {
        title += separator;
        title += name;
        separator = ", ";
    }
    return title;
}

// "Update a to 1.2." for each package that has a fix.
Remediation remediation_of(const scan::Finding& finding) {
    std::string text;
    std::vector<std::pair<std::string_view, std::string_view>> said;
    for (const auto& package : finding.packages) {
        const std::pair<std::string_view, std::string_view> step(package.name, package.fixed_in);
        if (package.fixed_in.empty() || std::ranges::find(said, step) != said.end()) continue;
        said.push_back(step);
        text += (text.empty() ? "Update " : " Update ") + package.name + " to " + package.fixed_in + ".";
    }
    return {.recommendation =
                Recommendation{.url = given(finding.uri), .text = cleaned(text.empty() ? "None Provided" : text)}};
}

std::string image_arn(const registry::RepositoryRef& repository, const std::string& digest) {
    return model::repository_arn(repository.registry, repository.name.text()) + '/' + digest;
}

// Always the same for the same flaw of the same image, and never another's.
std::string finding_arn(const scan::Finding& finding, const registry::RepositoryRef& repository,
                        const std::string& digest_of_image) {
    const auto& registry = repository.registry;
    const auto whole = image_arn(repository, digest_of_image) + '\n' + finding.id;
    Sha256 hash;
    hash.update(std::as_bytes(std::span(whole)));
    constexpr std::size_t shown = 32;
    const auto digest = hash.digest();
    const auto hex = to_hex({reinterpret_cast<const unsigned char*>(digest.data()), digest.size()});
    return "arn:" + std::string(model::partition_of(registry.region)) + ":inspector2:" + registry.region.text() + ':' +
           registry.account.text() + ":finding/" + hex.substr(0, shown);
}

FindingResource resource_of(const FindingImage& image) {
    AwsEcrContainerImageDetails details;
    details.architecture = cleaned(image.platform.architecture);
    details.imageHash = given(image.digest);
    if (!image.tags.empty()) {
        details.imageTags.emplace();
        for (const auto& tag : image.tags) details.imageTags->items.push_back(ImageTag{tag});
    }
    details.platform = cleaned(image.platform.os);
    details.pushedAt = image.pushed_at;
    FindingResource resource;
    resource.type = AnyText{"AWS_ECR_CONTAINER_IMAGE"};
    resource.id = cleaned(image.name);
    resource.tags = TextMap{};
    if (image.repository) {
        details.registry = RegistryId{image.repository->registry.account.text()};
        details.repositoryName = RepositoryName{image.repository->name.text()};
        resource.id = AnyText{image_arn(*image.repository, image.digest)};
    }
    resource.details = ResourceDetails{.awsEcrContainerImage = std::move(details)};
    return resource;
}

void add_score(const scan::Finding& finding, EnhancedImageScanFinding& shown) {
    if (finding.cvss.empty()) return;
    const auto& best = finding.cvss.front();
    shown.score = Real{best.score};
    shown.scoreDetails = ScoreDetails{.cvss = CvssScoreDetails{.adjustments = List<CvssScoreAdjustment>{},
                                                               .score = Real{best.score},
                                                               .scoreSource = given(best.source),
                                                               .scoringVector = given(best.vector),
                                                               .version = given(best.version)}};
}

void count(scan::Severity severity, FindingSeverityCounts& counts) {
    ++counts.entries[to_wire(severity)].value;
}

}  // namespace

ImageScanFinding to_wire(const scan::BasicFinding& finding) {
    ImageScanFinding shown;
    shown.name = given(finding.name);
    shown.description = given(finding.description);
    shown.uri = given(finding.uri);
    shown.severity = to_wire(finding.severity);
    shown.attributes.emplace();
    const auto add = [&](std::string key, std::string value) {
        shown.attributes->items.push_back({.key = {std::move(key)}, .value = {{std::move(value)}}});
    };
    for (const auto& [key, value] : finding.attributes) add(key, scan::printable(value));
    if (finding.suppressed) add("status", "SUPPRESSED");
    return shown;
}

EnhancedImageScanFinding to_wire(const scan::Finding& finding, const FindingImage& image,
                                 std::optional<Timestamp> first_observed_at) {
    EnhancedImageScanFinding shown;
    if (image.repository) {
        shown.awsAccountId = RegistryId{image.repository->registry.account.text()};
        shown.findingArn = AnyText{finding_arn(finding, *image.repository, image.digest)};
    }
    shown.description = given(finding.description.empty() ? finding.title : finding.description);
    shown.firstObservedAt = first_observed_at;
    shown.lastObservedAt = image.last_observed_at;
    shown.updatedAt = image.last_observed_at;
    shown.packageVulnerabilityDetails = details_of(finding, image);
    shown.remediation = remediation_of(finding);
    shown.resources.emplace().items.push_back(resource_of(image));
    add_score(finding, shown);
    shown.severity = AnyText{std::string(scan_severity_name(finding.severity))};
    shown.status = AnyText{finding.suppression ? "SUPPRESSED" : "ACTIVE"};
    shown.title = cleaned(title_of(finding));
    shown.type = AnyText{"PACKAGE_VULNERABILITY"};
    shown.fixAvailable = AnyText{std::string(fix_word(finding.fix_available))};
    shown.exploitAvailable = AnyText{finding.known_exploited ? "YES" : "NO"};
    return shown;
}

FindingSeverityCounts counts_of(const std::vector<scan::BasicFinding>& findings) {
    FindingSeverityCounts counts;
    for (const auto& finding : findings) {
        if (!finding.suppressed) count(finding.severity, counts);
    }
    return counts;
}

void add_counts(const std::vector<scan::Finding>& findings, FindingSeverityCounts& counts) {
    for (const auto& finding : findings) {
        if (!finding.suppression) count(finding.severity, counts);
    }
}

ImageScanStatus status_of(const scan::Findings& findings) {
    if (findings.outcome == scan::Outcome::complete) {
        return {.status = ScanStatus::complete,
                .description = AnyText{completed_text(false, scanning::summary_of(findings.notes))}};
    }
    std::string text = "UnsupportedImageError: The operating system and/or package manager are not supported.";
    if (!findings.reason.empty()) text += " (" + findings.reason + ")";
    return {.status = ScanStatus::failed, .description = cleaned(text)};
}

ImageScanAnswer to_wire(const scan::Findings& findings, const FindingImage& image, FindingsForm form,
                        Timestamp completed_at) {
    ImageScanAnswer answer;
    if (image.repository) {
        answer.registryId = RegistryId{image.repository->registry.account.text()};
        answer.repositoryName = RepositoryName{image.repository->name.text()};
    }
    if (!image.digest.empty())
        answer.imageId = ImageIdentifier{.imageDigest = ImageDigest{image.digest}, .imageTag = {}};
    answer.imageScanStatus = status_of(findings);
    if (findings.outcome != scan::Outcome::complete) return answer;
    auto& shown = answer.imageScanFindings.emplace();
    shown.imageScanCompletedAt = completed_at;
    shown.vulnerabilitySourceUpdatedAt = time_of(findings.database.newest_record_at);
    if (form == FindingsForm::basic) {
        const auto basic = scan::basic_findings(findings.findings);
        shown.findingSeverityCounts = counts_of(basic);
        shown.findings.emplace();
        for (const auto& finding : basic) shown.findings->items.push_back(to_wire(finding));
        return answer;
    }
    add_counts(findings.findings, shown.findingSeverityCounts.emplace());
    shown.enhancedFindings.emplace();
    for (const auto& finding : findings.findings) {
        shown.enhancedFindings->items.push_back(to_wire(finding, image, completed_at));
    }
    return answer;
}

std::string to_json(const ImageScanAnswer& answer) {
    std::string text;
    encode(text, answer);
    return text;
}

}  // namespace berth::api::aws
