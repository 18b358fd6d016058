#include "scan/basic.hpp"

#include <gtest/gtest.h>

namespace berth::scan {
namespace {

using inventory::PackageType;
using Attributes = std::vector<std::pair<std::string, std::string>>;

VulnerablePackage package(PackageType type, const std::string& name, const std::string& source) {
    VulnerablePackage result;
    result.type = type;
    result.name = name;
    result.version = "1.0-1+b1";
    result.source_name = source;
    result.source_version = "1.0-1";
    result.severity = Severity::low;
    return result;
}

Finding finding(std::vector<VulnerablePackage> packages) {
    Finding result;
    result.id = "CVE-2024-1";
    result.description = "Bad.";
    result.uri = "https://example.com/CVE-2024-1";
    result.packages = std::move(packages);
    return result;
}

TEST(BasicFinding, StandsForASourceOnce) {
    auto worse = package(PackageType::deb, "libssl3", "openssl");
    worse.severity = Severity::high;
    const auto findings = basic_findings(
        {finding({package(PackageType::deb, "openssl", "openssl"), worse, package(PackageType::deb, "a", "other")})});
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0].name, "CVE-2024-1");
    EXPECT_EQ(findings[0].description, "Bad.");
    EXPECT_EQ(findings[0].uri, "https://example.com/CVE-2024-1");
    EXPECT_EQ(findings[0].severity, Severity::high);
    EXPECT_EQ(findings[0].attributes, (Attributes{{"package_name", "openssl"}, {"package_version", "1.0-1"}}));
    EXPECT_EQ(findings[1].attributes[0].second, "other");
    EXPECT_EQ(findings[1].severity, Severity::low);
}

TEST(BasicFinding, NamesAnRpmByItself) {
    const auto findings = basic_findings({finding({package(PackageType::rpm, "openssl-libs", "openssl")})});
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].attributes, (Attributes{{"package_name", "openssl-libs"}, {"package_version", "1.0-1+b1"}}));
}

TEST(BasicFinding, LeavesLanguagesOut) {
    EXPECT_TRUE(basic_findings({finding({package(PackageType::npm, "left-pad", "left-pad")})}).empty());
}

TEST(BasicFinding, ShowsTheFirstScoreOfEachMajorVersion) {
    auto scored = finding({package(PackageType::deb, "a", "a")});
    scored.cvss = {{.version = "3.1", .vector = "CVSS:3.1/x", .source = {}, .score = 10},
                   {.version = "3.0", .vector = "CVSS:3.0/y", .source = {}, .score = 5},
                   {.version = "2.0", .vector = "AV:N", .source = {}, .score = 7.5}};
    const auto findings = basic_findings({scored});
    const Attributes scores(findings.at(0).attributes.begin() + 2, findings.at(0).attributes.end());
    EXPECT_EQ(scores, (Attributes{{"CVSS2_VECTOR", "AV:N"},
                                  {"CVSS2_SCORE", "7.5"},
                                  {"CVSS3_VECTOR", "CVSS:3.1/x"},
                                  {"CVSS3_SCORE", "10.0"}}));
}

TEST(BasicFinding, LeavesOutValuesThatTheApiWouldNotTake) {
    auto odd = package(PackageType::deb, "a", "a");
    odd.source_version = std::string(257, '1');
    EXPECT_EQ(basic_findings({finding({odd})}).at(0).attributes, (Attributes{{"package_name", "a"}}));
}

TEST(BasicFinding, IsSuppressedWhenAllItsBinariesAre) {
    auto quiet = package(PackageType::deb, "a", "src");
    quiet.suppression = Suppression{};
    EXPECT_FALSE(basic_findings({finding({quiet, package(PackageType::deb, "b", "src")})}).at(0).suppressed);
    EXPECT_TRUE(basic_findings({finding({quiet})}).at(0).suppressed);
}

}  // namespace
}  // namespace berth::scan
