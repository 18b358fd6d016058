#include "api/aws/enhanced_finding.hpp"

#include "model/arn.hpp"

#include <string_view>
#include <utility>

namespace berth::api::aws {

namespace {

using inventory::PackageType;

std::string_view package_manager(PackageType type) {
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
            return "NUGET";
        case PackageType::composer:
            return "COMPOSER";
    }
    return "";
}

std::optional<AnyText> text(std::string_view value) {
    if (value.empty()) return std::nullopt;
    return AnyText{std::string(value)};
}

std::optional<Timestamp> time(const std::optional<std::int64_t>& milliseconds) {
    if (!milliseconds) return std::nullopt;
    return Timestamp(std::chrono::milliseconds(*milliseconds));
}

VulnerablePackage package_of(const scan::VulnerablePackage& package) {
    VulnerablePackage wire;
    wire.arch = text(package.arch);
    wire.filePath = text(package.path);
    wire.name = text(package.name);
    wire.packageManager = text(package_manager(package.type));
    wire.version = text(package.version);
    wire.fixedInVersion = text(package.fixed_in.empty() ? "NotAvailable" : package.fixed_in);
    return wire;
}

PackageVulnerabilityDetails details_of(const scan::Finding& finding) {
    PackageVulnerabilityDetails wire;
    auto& scores = wire.cvss.emplace().items;
    for (const auto& cvss : finding.cvss) {
        scores.push_back({.baseScore = Real{cvss.score},
                          .scoringVector = text(cvss.vector),
                          .source = text(cvss.source),
                          .version = text(cvss.version)});
    }
    auto& references = wire.referenceUrls.emplace().items;
    for (const auto& url : finding.references) references.push_back({url});
    auto& related = wire.relatedVulnerabilities.emplace().items;
    for (const auto& other : finding.related) related.push_back({other});
    wire.source = text(finding.source);
    wire.sourceUrl = text(finding.uri);
    wire.vendorCreatedAt = time(finding.published_at);
    wire.vendorUpdatedAt = time(finding.modified_at);
    wire.vendorSeverity = text(finding.vendor_severity);
    wire.vulnerabilityId = text(finding.id);
    auto& packages = wire.vulnerablePackages.emplace().items;
    for (const auto& package : finding.packages) packages.push_back(package_of(package));
    return wire;
}

FindingResource resource_of(const scanning::ScannedImage& image, const std::string& id,
                            const registry::RepositoryRef& repository) {
    AwsEcrContainerImageDetails details;
    details.imageHash = ImageDigest{image.image.digest.text()};
    auto& tags = details.imageTags.emplace().items;
    for (const auto& tag : image.tags) tags.push_back({tag.text()});
    details.pushedAt = image.image.pushed_at;
    details.registry = RegistryId{repository.registry.account.text()};
    details.repositoryName = RepositoryName{repository.name.text()};
    FindingResource wire;
    wire.details = ResourceDetails{.awsEcrContainerImage = std::move(details)};
    wire.id = AnyText{id};
    wire.tags = TextMap{};
    wire.type = AnyText{"AWS_ECR_CONTAINER_IMAGE"};
    return wire;
}

std::string_view fix_text(scan::FixAvailable fix) {
    switch (fix) {
        case scan::FixAvailable::no:
            return "NO";
        case scan::FixAvailable::partial:
            return "PARTIAL";
        case scan::FixAvailable::yes:
            return "YES";
    }
    return "NO";
}

}  // namespace

EnhancedImageScanFinding enhanced_finding(const scanning::ScannedImage& image, std::size_t index,
                                          const EnhancedContext& context) {
    const auto& finding = image.kept.findings.findings.at(index);
    const auto& registry = context.repository.registry;
    const auto resource =
        model::repository_arn(registry, context.repository.name.text()) + "/" + image.image.digest.text();

    EnhancedImageScanFinding wire;
    wire.awsAccountId = RegistryId{registry.account.text()};
    wire.description = text(finding.description);
    // The same finding of the same image keeps its name.
    wire.findingArn =
        AnyText{"arn:" + std::string(model::partition_of(registry.region)) + ":inspector2:" + registry.region.text() +
                ":" + registry.account.text() + ":finding/" +
                model::Digest::of(resource + " " + finding.id).text().substr(std::string_view("sha256:").size(), 32)};
    wire.firstObservedAt = image.kept.first_observed.at(index);
    wire.lastObservedAt = image.scan.completed_at;
    wire.updatedAt = image.scan.completed_at;
    wire.packageVulnerabilityDetails = details_of(finding);
    if (finding.fix_available != scan::FixAvailable::no) {
        wire.remediation = Remediation{
            .recommendation = Recommendation{.url = {}, .text = AnyText{"Update to the version that is fixed"}}};
    } else {
        wire.remediation = Remediation{.recommendation = Recommendation{.url = {}, .text = AnyText{"None Provided"}}};
    }
    wire.resources.emplace().items.push_back(resource_of(image, resource, context.repository));
    if (!finding.cvss.empty()) {
        const auto& best = finding.cvss.front();
        wire.score = Real{best.score};
        wire.scoreDetails = ScoreDetails{.cvss = CvssScoreDetails{.adjustments = List<CvssScoreAdjustment>{},
                                                                  .score = Real{best.score},
                                                                  .scoreSource = text(best.source),
                                                                  .scoringVector = text(best.vector),
                                                                  .version = text(best.version)}};
    }
    wire.severity = text(finding.severity == scan::Severity::undefined ? "UNTRIAGED" : scan::name_of(finding.severity));
    wire.status = AnyText{finding.suppression ? "SUPPRESSED" : "ACTIVE"};
    wire.title = AnyText{finding.id + " - " + finding.packages.front().name};
    wire.type = AnyText{"PACKAGE_VULNERABILITY"};
    wire.fixAvailable = text(fix_text(finding.fix_available));
    wire.exploitAvailable = AnyText{finding.known_exploited ? "YES" : "NO"};
    return wire;
}

}  // namespace berth::api::aws
