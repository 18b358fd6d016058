#include "scan/report.hpp"

#include "scan/report_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace berth::scan {
namespace {

VulnerablePackage package(std::string name, std::string version, std::string path, std::string fixed_in = {}) {
    VulnerablePackage made;
    made.name = std::move(name);
    made.version = std::move(version);
    made.path = std::move(path);
    made.fixed_in = std::move(fixed_in);
    return made;
}

Finding finding(std::string id, Severity severity, std::vector<VulnerablePackage> packages) {
    Finding made;
    made.id = std::move(id);
    made.severity = severity;
    made.title = "What is wrong";
    made.packages = std::move(packages);
    return made;
}

Findings three() {
    auto worst = finding("CVE-2024-0001", Severity::critical,
                         {package("libssl3", "3.0.11-1", "var/lib/dpkg/status", "3.0.13-1"),
                          package("openssl", "3.0.11-1", "var/lib/dpkg/status", "3.0.13-1")});
    worst.cvss = {{.version = "3.1", .vector = "CVSS:3.1/AV:N", .source = "NVD", .score = 9.8}};
    worst.uri = "https://security-tracker.debian.org/tracker/CVE-2024-0001";
    worst.known_exploited = true;
    auto none = finding("GHSA-x", Severity::low,
                        {package("lodash", "4.17.4", "a b/node_modules/lodash/package.json"),
                         package("lodash", "4.17.4", "c/node_modules/lodash/package.json")});
    none.packages.front().state = none.packages.back().state = vulndb::FixState::will_not_fix;
    auto hidden = finding("CVE-2024-0002", Severity::medium, {package("zlib1g", "1.2", "var/lib/dpkg/status")});
    hidden.suppression = Suppression{.by = Suppression::By::vex, .name = "vex-1", .reason = "not reachable"};
    Findings all;
    all.findings = {worst, none, hidden};
    return all;
}

TEST(Table, HasOneLineForAPackageHoweverOftenItIsThere) {
    EXPECT_EQ(to_table(three(), {}),
              "SEVERITY  VULNERABILITY  PACKAGE  VERSION   FIXED IN             TITLE\n"
              "CRITICAL  CVE-2024-0001  libssl3  3.0.11-1  3.0.13-1             What is wrong\n"
              "CRITICAL  CVE-2024-0001  openssl  3.0.11-1  3.0.13-1             What is wrong\n"
              "LOW       GHSA-x         lodash   4.17.4    (will not be fixed)  What is wrong\n"
              "\n"
              "2 vulnerabilities: 1 CRITICAL, 1 LOW; 1 suppressed\n");
}

TEST(Table, ShowsTheSuppressedWithTheirReason) {
    const auto text = to_table(three(), {.suppressed = Suppressed::show, .title_columns = 30});
    EXPECT_NE(
        text.find("MEDIUM    CVE-2024-0002  zlib1g   1.2       -                    suppressed by vex-1: not reac…\n"),
        std::string::npos)
        << text;
    EXPECT_EQ(to_table(three(), {.title_columns = 0}).find("TITLE"), std::string::npos);
}

TEST(Table, NothingFoundIsNotSafetyWhereNobodyLooked) {
    EXPECT_EQ(to_table({}, {}), "0 vulnerabilities\n");
    Findings unsupported;
    unsupported.outcome = Outcome::unsupported_system;
    unsupported.reason = "no release";
    unsupported.notes = {"partial"};
    EXPECT_EQ(to_table(unsupported, {}), "UNSUPPORTED: no release\nnote: partial\n0 vulnerabilities\n");
}

TEST(Table, CannotSteerATerminal) {
    rc::check("no control character comes through", [](const std::string& a, const std::string& b) {
        Findings findings;
        findings.findings = {finding(a, Severity::high, {package(b, a, b, a)})};
        findings.findings.front().title = b;
        findings.notes = {a};
        for (const char c : to_table(findings, {}))
            RC_ASSERT(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
    });
}

TEST(ReportText, KeepsOnlyWhatIsPrintable) {
    EXPECT_EQ(printable("  a\x1B[31m\tb\r\n c\x7F "), "a[31m b c");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m \xE2\x80\xAE"
                        "x"),
              "31m x");
    EXPECT_EQ(printable("\xFF\xC3"), "\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(printable("caf\xC3\xA9"), "caf\xC3\xA9");
    EXPECT_EQ(columns_of("caf\xC3\xA9"), 4U);
    EXPECT_EQ(cut("caf\xC3\xA9", 4), "caf\xC3\xA9");
    EXPECT_EQ(cut("caf\xC3\xA9s", 4), "caf\xE2\x80\xA6");
    EXPECT_EQ(cut("caf\xC3\xA9s", 0), "");
}

boost::json::value sarif(const Findings& findings) {
    const auto log = boost::json::parse(to_sarif(
        findings, {.image = "registry.example/app:1", .id = "berth/registry.example/app:1/linux/amd64/"}, "0.1.0"));
    EXPECT_EQ(log.at("version"), "2.1.0");
    EXPECT_EQ(log.at("runs").at(0).at("automationDetails").at("id"), "berth/registry.example/app:1/linux/amd64/");
    return log.at("runs").at(0);
}

TEST(Sarif, HasARuleForAFlawAndAResultForAPackage) {
    const auto run = sarif(three());
    const auto& rules = run.at("tool").at("driver").at("rules").as_array();
    const auto& results = run.at("results").as_array();
    ASSERT_EQ(rules.size(), 3U);
    ASSERT_EQ(results.size(), 5U);
    for (const auto& result : results) {
        const auto index = static_cast<std::size_t>(result.at("ruleIndex").as_int64());
        EXPECT_EQ(rules.at(index).at("id"), result.at("ruleId"));
        EXPECT_EQ(rules.at(index).at("defaultConfiguration").at("level"), result.at("level"));
    }
    EXPECT_EQ(rules[0].at("properties").at("security-severity"), "9.8");
    EXPECT_EQ(rules[0].at("properties").at("tags").as_array().back(), "known-exploited");
    EXPECT_EQ(rules[1].at("properties").at("security-severity"), "2.0");
    EXPECT_EQ(results[0].at("level"), "error");
    EXPECT_EQ(results[0].at("message").at("text"), "libssl3 3.0.11-1 has CVE-2024-0001 (CRITICAL); fixed in 3.0.13-1");
    EXPECT_EQ(results[2].at("locations").at(0).at("physicalLocation").at("artifactLocation").at("uri"),
              "a%20b/node_modules/lodash/package.json");
}

TEST(Sarif, LinksToAddressesOnly) {
    auto findings = three();
    findings.findings[1].uri = "javascript:alert(1)";
    findings.findings[2].uri = "https://example.com/a b";
    const auto run = sarif(findings);
    const auto& rules = run.at("tool").at("driver").at("rules").as_array();
    EXPECT_EQ(rules[0].at("helpUri"), "https://security-tracker.debian.org/tracker/CVE-2024-0001");
    EXPECT_FALSE(rules[1].as_object().contains("helpUri"));
    EXPECT_FALSE(rules[2].as_object().contains("helpUri"));
}

TEST(Sarif, MarksTheSuppressed) {
    const auto run = sarif(three());
    const auto& results = run.at("results").as_array();
    EXPECT_EQ(results[4].at("suppressions").at(0).at("justification"), "vex-1: not reachable");
    EXPECT_FALSE(results[0].as_object().contains("suppressions"));
}

TEST(Sarif, FingerprintsTellPlacesApart) {
    const auto run = sarif(three());
    const auto& results = run.at("results").as_array();
    EXPECT_NE(results[2].at("partialFingerprints"), results[3].at("partialFingerprints"));
}

TEST(Sarif, SaysWhenNobodyCouldLook) {
    Findings unsupported;
    unsupported.outcome = Outcome::unsupported_system;
    unsupported.reason = "no release";
    const auto run = sarif(unsupported);
    const auto& invocation = run.at("invocations").at(0);
    EXPECT_FALSE(invocation.at("executionSuccessful").as_bool());
    EXPECT_EQ(invocation.at("toolExecutionNotifications").at(0).at("message").at("text"), "no release");
    EXPECT_TRUE(run.at("results").as_array().empty());
}

TEST(Sarif, IsJsonWhateverComesIn) {
    rc::check("any bytes make valid JSON", [](const std::string& a, const std::string& b) {
        Findings findings;
        findings.findings = {finding(a, Severity::high, {package(b, a, b, a)})};
        findings.findings.front().description = b;
        boost::json::error_code error;
        (void)boost::json::parse(to_sarif(findings, {.image = a, .id = a}, b), error);
        RC_ASSERT(!error);
    });
}

}  // namespace
}  // namespace berth::scan
