#include "scan/filter.hpp"

#include <gtest/gtest.h>

namespace berth::scan {
namespace {

VulnerablePackage package(std::string name, Severity severity, std::string fixed_in) {
    VulnerablePackage made;
    made.name = std::move(name);
    made.severity = severity;
    made.vendor_severity = std::string(name_of(severity));
    made.fixed_in = std::move(fixed_in);
    return made;
}

Finding finding(std::string id, std::vector<VulnerablePackage> packages) {
    Finding made;
    made.id = std::move(id);
    for (const auto& one : packages) made.severity = std::max(made.severity, one.severity);
    made.packages = std::move(packages);
    return made;
}

std::vector<std::string> ids(const Findings& findings) {
    std::vector<std::string> names;
    for (const auto& one : findings.findings) names.push_back(one.id);
    return names;
}

Findings some() {
    Findings findings;
    findings.findings = {finding("A", {package("a", Severity::critical, ""), package("b", Severity::low, "2")}),
                         finding("B", {package("c", Severity::high, "")}),
                         finding("C", {package("d", Severity::medium, "3")}),
                         finding("D", {package("e", Severity::undefined, "")})};
    return findings;
}

TEST(Filter, KeepsTheSeveritiesThatWereAskedFor) {
    auto findings = some();
    keep_severities({Severity::high, Severity::undefined}, findings);
    EXPECT_EQ(ids(findings), (std::vector<std::string>{"B", "D"}));
}

TEST(Filter, WithoutAFixAPackageGoesAndTheRestIsJudgedAnew) {
    auto findings = some();
    drop_unfixed(findings);
    ASSERT_EQ(ids(findings), (std::vector<std::string>{"C", "A"}));
    const auto& left = findings.findings.back();
    ASSERT_EQ(left.packages.size(), 1);
    EXPECT_EQ(left.packages.front().name, "b");
    EXPECT_EQ(left.severity, Severity::low);
    EXPECT_EQ(left.vendor_severity, "LOW");
    EXPECT_EQ(left.fix_available, FixAvailable::yes);
}

TEST(Filter, WhatIsSuppressedStopsNothing) {
    auto findings = some();
    EXPECT_TRUE(reaches(findings, Severity::critical));
    findings.findings.front().suppression.emplace();
    EXPECT_FALSE(reaches(findings, Severity::critical));
    EXPECT_TRUE(reaches(findings, Severity::high));
    EXPECT_FALSE(reaches({}, Severity::undefined));
}

TEST(Filter, ASuppressedPackageAloneSuppressesTheFinding) {
    auto findings = some();
    findings.findings.front().packages.back().suppression =
        Suppression{.by = Suppression::By::rule, .name = "r", .reason = ""};
    drop_unfixed(findings);
    EXPECT_TRUE(findings.findings.back().suppression);
}

}  // namespace
}  // namespace berth::scan
