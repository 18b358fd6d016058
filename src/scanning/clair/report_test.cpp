#include "scanning/clair/report.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace berth::scanning::clair {
namespace {

namespace json = boost::json;
using inventory::PackageType;
using scan::Severity;

json::object recorded() {
    std::ifstream file(std::string(BERTH_TESTDATA) + "/report.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return json::parse(text).as_object();
}

const std::string lowest = "sha256:" + std::string(64, '0');
const std::string introduced = "sha256:35c102085707f703de2d9eaad8752d6fe1b8f02b5d2149f1d8357c9cc7fb7d0a";

scan::Findings read(const json::object& report, scan::Depth depth = scan::Depth::enhanced) {
    return findings_of(json::serialize(report), {lowest, introduced}, depth).value();
}

TEST(ClairReport, ARecordedAnswerBecomesAFinding) {
    const auto findings = read(recorded());
    EXPECT_EQ(findings.outcome, scan::Outcome::complete);
    ASSERT_TRUE(findings.distribution);
    EXPECT_EQ(findings.distribution->id, "ubuntu");
    EXPECT_EQ(findings.distribution->version_id, "18.04");
    ASSERT_EQ(findings.findings.size(), 1);
    const auto& finding = findings.findings.front();
    EXPECT_EQ(finding.id, "CVE-2009-5155");
    EXPECT_EQ(finding.severity, Severity::low);
    EXPECT_EQ(finding.vendor_severity, "Low");
    EXPECT_EQ(finding.uri, "https://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2009-5155");
    EXPECT_EQ(finding.references.size(), 7);
    EXPECT_EQ(finding.fix_available, scan::FixAvailable::yes);
    ASSERT_EQ(finding.packages.size(), 1);
    const auto& package = finding.packages.front();
    EXPECT_EQ(package.type, PackageType::deb);
    EXPECT_EQ(package.name, "libapt-pkg5.0");
    EXPECT_EQ(package.source_name, "apt");
    EXPECT_EQ(package.version, "1.6.11");
    EXPECT_EQ(package.path, "var/lib/dpkg/status");
    EXPECT_EQ(package.layer, 1);
    EXPECT_EQ(package.fixed_in, "2.28-0ubuntu1");
}

// The same flaw under another key, as another updater says it.
json::object with_second(std::string_view name, std::string_view severity, std::string_view fixed_in) {
    auto report = recorded();
    auto second = report.at("vulnerabilities").at("356835").as_object();
    second["name"] = name;
    second["normalized_severity"] = severity;
    second["fixed_in_version"] = fixed_in;
    report.at("vulnerabilities").as_object()["2"] = second;
    report.at("package_vulnerabilities").at("10").as_array().push_back("2");
    return report;
}

TEST(ClairReport, OneFlawOfSeveralUpdatersIsOneFinding) {
    const auto findings = read(with_second("CVE-2009-5155 on Ubuntu 18.04 LTS (bionic) - high.", "High", ""));
    ASSERT_EQ(findings.findings.size(), 1);
    EXPECT_EQ(findings.findings.front().severity, Severity::high);
    EXPECT_EQ(findings.findings.front().packages.front().fixed_in, "2.28-0ubuntu1");
    const auto two = read(with_second("CVE-2009-51", "Critical", "0"));
    ASSERT_EQ(two.findings.size(), 2);
    EXPECT_EQ(two.findings.front().id, "CVE-2009-51");  // the worse first
    EXPECT_EQ(two.findings.front().fix_available, scan::FixAvailable::no);
}

TEST(ClairReport, NamesOfOtherKindsKeepTheirFirstWord) {
    EXPECT_EQ(read(with_second("GHSA-abcd: a summary", "Critical", "")).findings.front().id, "GHSA-abcd");
    EXPECT_EQ(read(with_second("CVE-x", "Critical", "")).findings.front().id, "CVE-x");
}

TEST(ClairReport, FixesOfLanguagesAreTakenOutOfTheirQuery) {
    const auto fix = [](std::string_view text) {
        return read(with_second("CVE-1999-1", "Critical", text)).findings.front().packages.front().fixed_in;
    };
    EXPECT_EQ(fix("fixed=1.2%2B1&introduced=0"), "1.2+1");
    EXPECT_EQ(fix("introduced=1&fixed=2.0"), "2.0");
    EXPECT_EQ(fix("introduced=1"), "");
    EXPECT_EQ(fix("lastAffected=1&introduced=0"), "");
}

TEST(ClairReport, ABasicScanLeavesLanguagesOut) {
    auto report = recorded();
    report.at("environments").at("10").at(0).as_object()["package_db"] = "python:usr/lib/python3";
    const auto enhanced = read(report);
    ASSERT_EQ(enhanced.findings.size(), 1);
    EXPECT_EQ(enhanced.findings.front().packages.front().type, PackageType::pypi);
    EXPECT_EQ(enhanced.findings.front().packages.front().path, "usr/lib/python3");
    EXPECT_TRUE(read(report, scan::Depth::basic).findings.empty());
}

TEST(ClairReport, AScoreJudgesWhatNobodyHas) {
    auto report = recorded();
    report.at("vulnerabilities").at("356835").as_object()["normalized_severity"] = "Unknown";
    report["enrichments"] = json::parse(R"({"message/vnd.clair.map.vulnerability; enricher=clair.cvss schema=x":
        [{"356835": [{"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}]}]})");
    const auto findings = read(report);
    EXPECT_EQ(findings.findings.front().severity, Severity::high);
    EXPECT_EQ(findings.findings.front().cvss.front().score, 7.5);
}

TEST(ClairReport, NothingKnownIsUnsupported) {
    const auto empty = json::parse(R"({"packages": {}, "package_vulnerabilities": {}})").as_object();
    EXPECT_EQ(read(empty).outcome, scan::Outcome::unsupported_system);
    auto languages = recorded();
    languages["distributions"] = json::object();
    EXPECT_EQ(read(languages).outcome, scan::Outcome::complete);
    EXPECT_EQ(read(languages, scan::Depth::basic).outcome, scan::Outcome::unsupported_system);
}

TEST(ClairReport, WrongShapesAreReadPastOrRefused) {
    for (const auto* text : {"", "[]", "{}", R"({"packages": {}})", "{\"packages\":"}) {
        EXPECT_FALSE(findings_of(text, {}, scan::Depth::basic)) << text;
    }
    EXPECT_FALSE(findings_of(std::string(100'000, '['), {}, scan::Depth::basic));
    for (const auto* key : {"packages", "environments", "vulnerabilities", "package_vulnerabilities"}) {
        for (const auto* wrong : {"1", "[1]", R"({"10": 1})", R"({"10": [1, {}, null]})", R"({"356835": "x"})"}) {
            auto report = recorded();
            report[key] = json::parse(wrong);
            EXPECT_TRUE(read(report).findings.empty()) << key << ' ' << wrong;
        }
    }
}

}  // namespace
}  // namespace berth::scanning::clair
