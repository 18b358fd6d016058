#include "scan/suppression.hpp"

#include <gtest/gtest.h>

namespace berth::scan {
namespace {

using namespace std::chrono;

constexpr Timestamp today = sys_days(2026y / June / 15) + 12h;

Findings findings_of(std::initializer_list<const char*> packages) {
    Finding finding;
    finding.id = "CVE-2024-1";
    finding.related = {"DSA-1-1", "GHSA-a"};
    for (const auto* name : packages) {
        VulnerablePackage package;
        package.name = name;
        package.source_name = std::string("src-") + name;
        finding.packages.push_back(package);
    }
    Findings findings;
    findings.findings.push_back(std::move(finding));
    return findings;
}

std::optional<Suppression> applied(const SuppressionRule& rule, const ImageContext& context) {
    auto findings = findings_of({"a"});
    apply_rules({rule}, context, findings);
    return findings.findings[0].suppression;
}

SuppressionRule rule_for(const std::string& vulnerability) {
    SuppressionRule rule;
    rule.vulnerability = vulnerability;
    rule.reason = "seen";
    return rule;
}

const ImageContext here{.repository = "team/app", .tags = {"v1.2", "latest"}, .now = today};

TEST(Suppression, KeepsTheFindingAndSaysWhy) {
    const auto suppression = applied(rule_for("CVE-2024-1"), here);
    ASSERT_TRUE(suppression);
    EXPECT_EQ(suppression->by, Suppression::By::rule);
    EXPECT_EQ(suppression->name, "CVE-2024-1");
    EXPECT_EQ(suppression->reason, "seen");
}

TEST(Suppression, FitsByAnyNameOfTheFlaw) {
    EXPECT_TRUE(applied(rule_for("GHSA-a"), here));
    EXPECT_TRUE(applied(rule_for("DSA-*"), here));
    EXPECT_TRUE(applied(rule_for("cve-2024-1"), here));
    EXPECT_TRUE(applied(rule_for("ghsa-*"), here));
    EXPECT_FALSE(applied(rule_for("CVE-2024"), here));
    EXPECT_FALSE(applied(rule_for("CVE-2024-11"), here));
}

TEST(Suppression, FitsTheRepositoryAndATag) {
    auto rule = rule_for("CVE-*");
    rule.repository = "team/*";
    EXPECT_TRUE(applied(rule, here));
    rule.tags = {"v2*", "v1*"};
    EXPECT_TRUE(applied(rule, here));
    rule.tags = {"v2*"};
    EXPECT_FALSE(applied(rule, here));
    rule.tags.clear();
    rule.repository = "other/*";
    EXPECT_FALSE(applied(rule, here));
    rule.repository = "*";
    EXPECT_FALSE(applied(rule, {.repository = {}, .tags = {}, .now = today}));
}

TEST(Suppression, EndsAfterItsLastDay) {
    auto rule = rule_for("CVE-*");
    rule.until = end_of_day("2026-06-15");
    EXPECT_TRUE(applied(rule, here));
    rule.until = end_of_day("2026-06-14");
    EXPECT_FALSE(applied(rule, here));
}

TEST(Suppression, NeedsEveryPackageOfTheFinding) {
    auto rule = rule_for("CVE-2024-1");
    rule.package = "a";
    auto findings = findings_of({"a", "b"});
    apply_rules({rule}, here, findings);
    EXPECT_TRUE(findings.findings[0].packages[0].suppression);
    EXPECT_FALSE(findings.findings[0].suppression);
    rule.package = "src-b";
    apply_rules({rule}, here, findings);
    EXPECT_TRUE(findings.findings[0].suppression);
}

TEST(IgnoreFile, ReadsLines) {
    const auto rules = parse_ignore_file(
        "# what we looked at\r\n\n"
        "CVE-2024-1 package=openssl tag=v1* tag=v2* until=2026-12-31 # never reached\r\n"
        "  package=linux-libc-dev repository=team/*\n"
        "GHSA-*");
    ASSERT_TRUE(rules) << rules.error().message;
    ASSERT_EQ(rules->size(), 3U);
    EXPECT_EQ(rules->at(0).vulnerability, "CVE-2024-1");
    EXPECT_EQ(rules->at(0).package, "openssl");
    EXPECT_EQ(rules->at(0).tags, (std::vector<std::string>{"v1*", "v2*"}));
    EXPECT_EQ(rules->at(0).until, Timestamp(sys_days(2027y / January / 1)));
    EXPECT_EQ(rules->at(0).reason, "never reached");
    EXPECT_EQ(rules->at(1).repository, "team/*");
    EXPECT_TRUE(rules->at(1).vulnerability.empty());
    EXPECT_EQ(rules->at(2).vulnerability, "GHSA-*");
}

TEST(IgnoreFile, ReadsJson) {
    const std::string array = R"([{"name":"known","vulnerability":"CVE-2024-1","package":"a","repository":"r",)"
                              R"("tags":["v*"],"reason":"why","until":"2026-12-31"}])";
    const auto rules = parse_ignore_file(array);
    ASSERT_TRUE(rules) << rules.error().message;
    ASSERT_EQ(rules->size(), 1U);
    EXPECT_EQ(rules->at(0).name, "known");
    EXPECT_EQ(rules->at(0).tags, std::vector<std::string>{"v*"});
    EXPECT_EQ(parse_ignore_file("{\"rules\":" + array + "}").value(), *rules);
}

TEST(IgnoreFile, RefusesWhatCouldHideTooMuch) {
    for (const auto* text :
         {"until=2026-12-31", "# x\nCVE-1 pakage=a", "CVE-1 a", "CVE-1 until=2026-02-30", "CVE-1 until=soon",
          "CVE-1 package=", "[{}]", R"([{"reason":"x"}])", R"([{"cve":"x"}])", R"([{"vulnerability":1}])",
          R"([{"vulnerability":"a","tags":[1]}])", R"({"a":[]})", "[1]", "{", R"({"rules":[],"more":1})"}) {
        const auto rules = parse_ignore_file(text);
        ASSERT_FALSE(rules) << text;
        EXPECT_EQ(rules.error().kind, FaultKind::invalid_parameter);
    }
    EXPECT_NE(parse_ignore_file("CVE-1\nCVE-2 x").error().message.find("line 2"), std::string::npos);
    EXPECT_TRUE(parse_ignore_file("")->empty());
    EXPECT_TRUE(parse_ignore_file(" \n # nothing")->empty());
    EXPECT_FALSE(parse_ignore_file(std::string(100'000, '[')));
}

}  // namespace
}  // namespace berth::scan
