#include "api/aws/scan_report.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace berth::api::aws {
namespace {

using inventory::PackageType;

scan::VulnerablePackage package(std::string name, std::string version, std::string fixed_in = {}) {
    scan::VulnerablePackage made;
    made.type = PackageType::deb;
    made.name = std::move(name);
    made.version = std::move(version);
    made.source_name = "openssl";
    made.source_version = "1.1.1k-1";
    made.arch = "amd64";
    made.path = "var/lib/dpkg/status";
    made.layer = 1;
    made.fixed_in = std::move(fixed_in);
    made.severity = scan::Severity::high;
    return made;
}

scan::Findings found() {
    scan::Finding finding;
    finding.id = "CVE-2021-3711";
    finding.related = {"DSA-4963-1"};
    finding.severity = scan::Severity::high;
    finding.vendor_severity = "high";
    finding.description = "SM2 decryption\noverflows";
    finding.source = "DEBIAN_CVE";
    finding.uri = "https://security-tracker.debian.org/tracker/CVE-2021-3711";
    finding.cvss = {{.version = "3.1", .vector = "CVSS:3.1/AV:N", .source = "NVD", .score = 9.8}};
    finding.known_exploited = true;
    finding.fix_available = scan::FixAvailable::yes;
    finding.packages = {package("libssl1.1", "2:1.1.1k-1", "1.1.1k-1+deb11u1"),
                        package("openssl", "1.1.1k-1", "1.1.1k-1+deb11u1")};
    scan::Findings findings;
    findings.findings = {finding};
    findings.database.newest_record_at = 1'700'000'000'500;
    return findings;
}

FindingImage in_registry() {
    FindingImage image;
    image.repository = registry::RepositoryRef{.registry = {.account = model::AccountId::parse("123456789012").value(),
                                                            .region = model::Region::parse("eu-west-1").value()},
                                               .name = model::RepositoryName::parse("team/app").value()};
    image.digest = "sha256:" + std::string(64, 'a');
    image.tags = {"v1"};
    image.layers = {"sha256:base", "sha256:top"};
    image.platform = {.os = "linux", .architecture = "amd64", .variant = ""};
    return image;
}

constexpr Timestamp now{std::chrono::milliseconds(1'800'000'000'000)};

boost::json::value shown(const scan::Findings& findings, const FindingImage& image, FindingsForm form) {
    return boost::json::parse(to_json(to_wire(findings, image, form, now)));
}

TEST(ScanFindings, TheBasicFormHasAFindingForEachSource) {
    const auto json = shown(found(), in_registry(), FindingsForm::basic);
    EXPECT_EQ(json.at("registryId"), "123456789012");
    EXPECT_EQ(json.at("repositoryName"), "team/app");
    EXPECT_EQ(json.at("imageScanStatus").at("status"), "COMPLETE");
    const auto& findings = json.at("imageScanFindings");
    EXPECT_EQ(findings.at("imageScanCompletedAt"), 1'800'000'000);
    EXPECT_EQ(findings.at("vulnerabilitySourceUpdatedAt"), 1'700'000'000.5);
    EXPECT_EQ(findings.at("findingSeverityCounts"), boost::json::parse(R"({"HIGH":1})"));
    EXPECT_FALSE(findings.as_object().contains("enhancedFindings"));
    EXPECT_EQ(findings.at("findings"), boost::json::parse(R"([{
        "name": "CVE-2021-3711", "description": "SM2 decryption\noverflows",
        "uri": "https://security-tracker.debian.org/tracker/CVE-2021-3711", "severity": "HIGH",
        "attributes": [{"key": "package_name", "value": "openssl"}, {"key": "package_version", "value": "1.1.1k-1"},
                       {"key": "CVSS3_VECTOR", "value": "CVSS:3.1/AV:N"}, {"key": "CVSS3_SCORE", "value": "9.8"}]}])"));
}

TEST(ScanFindings, TheEnhancedFormHasEveryPackageInItsParts) {
    const auto json = shown(found(), in_registry(), FindingsForm::enhanced);
    const auto& finding = json.at("imageScanFindings").at("enhancedFindings").at(0);
    EXPECT_EQ(finding.at("title"), "CVE-2021-3711 - libssl1.1, openssl");
    EXPECT_EQ(finding.at("score"), 9.8);
    EXPECT_EQ(finding.at("exploitAvailable"), "YES");
    EXPECT_EQ(finding.at("fixAvailable"), "YES");
    EXPECT_EQ(finding.at("status"), "ACTIVE");
    EXPECT_EQ(finding.at("remediation").at("recommendation").at("text"),
              "Update libssl1.1 to 1.1.1k-1+deb11u1. Update openssl to 1.1.1k-1+deb11u1.");
    EXPECT_EQ(finding.at("resources").at(0).at("id").as_string(),
              "arn:aws:ecr:eu-west-1:123456789012:repository/team/app/sha256:" + std::string(64, 'a'));
    const auto& details = finding.at("packageVulnerabilityDetails");
    EXPECT_EQ(details.at("vulnerablePackages").at(0), boost::json::parse(R"({
        "arch": "amd64", "epoch": 2, "filePath": "var/lib/dpkg/status", "name": "libssl1.1", "packageManager": "OS",
        "release": "1", "sourceLayerHash": "sha256:top", "version": "1.1.1k", "fixedInVersion": "1.1.1k-1+deb11u1"})"));
    EXPECT_EQ(details.at("vulnerablePackages").at(1).at("epoch"), 0);
    EXPECT_EQ(details.at("relatedVulnerabilities").at(0), "DSA-4963-1");
}

TEST(ScanFindings, AnArnIsTheSameForTheSameFlawOfTheSameImageOnly) {
    const auto arn = [](const scan::Findings& findings, const FindingImage& image) {
        return shown(findings, image, FindingsForm::enhanced)
            .at("imageScanFindings")
            .at("enhancedFindings")
            .at(0)
            .at("findingArn");
    };
    const auto first = arn(found(), in_registry());
    EXPECT_TRUE(first.as_string().starts_with("arn:aws:inspector2:eu-west-1:123456789012:finding/"));
    EXPECT_EQ(first, arn(found(), in_registry()));
    auto other = found();
    other.findings.front().id = "CVE-2021-3712";
    EXPECT_NE(first, arn(other, in_registry()));
    auto elsewhere = in_registry();
    elsewhere.digest.back() = 'b';
    EXPECT_NE(first, arn(found(), elsewhere));
}

TEST(ScanFindings, SuppressedOnesAreShownAndNotCounted) {
    auto findings = found();
    for (auto& one : findings.findings.front().packages) one.suppression = {.name = "rule", .reason = "unreachable"};
    findings.findings.front().suppression = findings.findings.front().packages.front().suppression;
    const auto basic = shown(findings, in_registry(), FindingsForm::basic).at("imageScanFindings");
    EXPECT_EQ(basic.at("findingSeverityCounts"), boost::json::object());
    EXPECT_EQ(basic.at("findings").at(0).at("attributes").as_array().back(),
              boost::json::parse(R"({"key": "status", "value": "SUPPRESSED"})"));
    const auto enhanced = shown(findings, in_registry(), FindingsForm::enhanced).at("imageScanFindings");
    EXPECT_EQ(enhanced.at("findingSeverityCounts"), boost::json::object());
    EXPECT_EQ(enhanced.at("enhancedFindings").at(0).at("status"), "SUPPRESSED");
}

TEST(ScanFindings, APartialScanSaysSo) {
    auto findings = found();
    findings.notes = {"The package database is broken.", "a header\nis, too"};
    const auto json = shown(findings, in_registry(), FindingsForm::basic);
    EXPECT_EQ(json.at("imageScanStatus").at("status"), "COMPLETE");
    EXPECT_EQ(json.at("imageScanStatus").at("description"),
              "The scan is partial: The package database is broken. a header is, too");

    store::ImageScan scan;
    scan.state = store::ScanState::complete;
    EXPECT_EQ(scan_status(scan).description->value, "The scan was completed successfully.");
    scan.reason = "a note";
    EXPECT_EQ(scan_status(scan).description->value, "The scan is partial: a note");
    scan.continuous = true;
    EXPECT_EQ(scan_status(scan).status, ScanStatus::active);
    EXPECT_EQ(scan_status(scan).description->value,
              "Continuous scan is selected for image. The scan is partial: a note");
}

TEST(ScanFindings, AnUnsupportedSystemIsAFailureWithoutFindings) {
    scan::Findings findings;
    findings.outcome = scan::Outcome::unsupported_system;
    findings.reason = "no os-release";
    FindingImage by_hand;
    by_hand.name = "app.tar";
    const auto json = shown(findings, by_hand, FindingsForm::basic);
    EXPECT_EQ(json.at("imageScanStatus").at("status"), "FAILED");
    EXPECT_EQ(json.at("imageScanStatus").at("description"),
              "UnsupportedImageError: The operating system and/or package manager are not supported. (no os-release)");
    EXPECT_FALSE(json.as_object().contains("imageScanFindings"));
    EXPECT_FALSE(json.as_object().contains("registryId"));
}

TEST(ScanFindings, BytesOfAnImageCannotBreakTheText) {
    auto findings = found();
    findings.findings.front().packages.front().path = "bad\xFFname";
    const auto json = shown(findings, in_registry(), FindingsForm::enhanced);  // parse() is strict about UTF-8
    EXPECT_EQ(json.at("imageScanFindings")
                  .at("enhancedFindings")
                  .at(0)
                  .at("packageVulnerabilityDetails")
                  .at("vulnerablePackages")
                  .at(0)
                  .at("filePath"),
              "bad\xEF\xBF\xBDname");
}

}  // namespace
}  // namespace berth::api::aws
