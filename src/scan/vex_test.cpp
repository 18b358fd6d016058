#include "scan/vex.hpp"

#include <gtest/gtest.h>

namespace berth::scan {
namespace {

constexpr std::string_view digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const VexImage image{.digest = std::string(digest), .repository = "team/app"};

Findings findings_with(inventory::PackageType type, const std::string& name, const std::string& version) {
    Findings findings;
    findings.distribution = inventory::Distribution{.id = "debian", .version_id = "12", .codename = {}, .name = {}};
    Finding finding;
    finding.id = "CVE-2024-1";
    finding.related = {"GHSA-a"};
    VulnerablePackage package;
    package.type = type;
    package.name = name;
    package.version = version;
    package.source_name = "src-" + name;
    package.source_version = version;
    package.arch = "amd64";
    finding.packages = {package};
    findings.findings = {finding};
    return findings;
}

VexDocument document(std::string_view text) {
    auto parsed = parse_vex(text);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed ? *parsed : VexDocument();
}

// What a document says of npm's left-pad 1.0.0.
std::optional<Suppression> said_by(std::string_view text) {
    auto findings = findings_with(inventory::PackageType::npm, "left-pad", "1.0.0");
    apply_vex({document(text)}, image, findings);
    return findings.findings[0].suppression;
}

std::string openvex(const std::string& statements) {
    return R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex-1","statements":[)" +
           statements + "]}";
}
std::string statement(const std::string& status, const std::string& products = R"("pkg:npm/left-pad@1.0.0")",
                      const std::string& vulnerability = R"({"name":"CVE-2024-1"})") {
    return R"({"vulnerability":)" + vulnerability + R"(,"status":")" + status + R"(","products":[)" + products +
           R"(],"justification":"vulnerable_code_not_present","impact_statement":"not built in"})";
}

TEST(Vex, ReadsOpenVex) {
    const auto suppression = said_by(openvex(statement("not_affected")));
    ASSERT_TRUE(suppression);
    EXPECT_EQ(suppression->by, Suppression::By::vex);
    EXPECT_EQ(suppression->name, "https://example.com/vex-1");
    EXPECT_EQ(suppression->reason, "vulnerable_code_not_present: not built in");
    EXPECT_TRUE(said_by(openvex(statement("fixed"))));
    EXPECT_FALSE(said_by(openvex(statement("affected"))));
    EXPECT_FALSE(said_by(openvex(statement("under_investigation"))));
    EXPECT_FALSE(said_by(openvex(statement("whatever"))));
}

TEST(Vex, KnowsTheNamesOfAFlaw) {
    const auto with = [](const char* vulnerability) {
        return said_by(openvex(statement("fixed", R"("pkg:npm/left-pad")", vulnerability))).has_value();
    };
    EXPECT_TRUE(with(R"("CVE-2024-1")"));
    EXPECT_TRUE(with(R"({"name":"GHSA-a"})"));
    EXPECT_TRUE(with(R"({"name":"X","aliases":["CVE-2024-1"]})"));
    EXPECT_FALSE(with(R"({"name":"CVE-2024-2"})"));
}

TEST(Vex, HoldsOnlyForTheProductsItNames) {
    const auto with = [](const std::string& products) {
        return said_by(openvex(statement("not_affected", products))).has_value();
    };
    EXPECT_TRUE(with(R"({"@id":"pkg:npm/left-pad"})"));
    EXPECT_TRUE(with(R"({"@id":"x","identifiers":{"purl":"pkg:npm/left-pad@1.0.0"}})"));
    EXPECT_FALSE(with(R"("pkg:npm/left-pad@1.0.1")"));
    EXPECT_FALSE(with(R"("pkg:npm/right-pad")"));
    EXPECT_FALSE(with(R"("left-pad")"));
    EXPECT_FALSE(with(""));
}

TEST(Vex, HoldsOnlyForTheImageItNames) {
    const auto oci = [](const std::string& purl, const std::string& parts = "") {
        return said_by(
                   openvex(statement("not_affected", R"({"@id":")" + purl + R"(","subcomponents":[)" + parts + "]}")))
            .has_value();
    };
    const std::string own = "pkg:oci/app@sha256%3A" + std::string(digest.substr(7));
    EXPECT_TRUE(oci(own));
    EXPECT_TRUE(oci("pkg:oci/app"));
    EXPECT_TRUE(oci(own, R"({"@id":"pkg:npm/left-pad"})"));
    EXPECT_FALSE(oci(own, R"({"@id":"pkg:npm/right-pad"})"));
    EXPECT_FALSE(oci(own, R"({"@id":"?"})"));
    EXPECT_FALSE(oci("pkg:oci/app@sha256%3Aaaaa"));
    EXPECT_FALSE(oci("pkg:oci/other"));
}

TEST(Vex, BelievesTheLastStatement) {
    EXPECT_FALSE(said_by(openvex(statement("not_affected") + "," + statement("affected"))));
    EXPECT_TRUE(said_by(openvex(statement("under_investigation") + "," + statement("fixed"))));
}

TEST(Vex, KnowsDistributionPackagesByTheirSourceToo) {
    const auto said = [](const std::string& purl) {
        auto findings = findings_with(inventory::PackageType::deb, "libssl3", "3.0.1-1");
        apply_vex({document(openvex(statement("not_affected", '"' + purl + '"')))}, image, findings);
        return findings.findings[0].suppression.has_value();
    };
    EXPECT_TRUE(said("pkg:deb/debian/libssl3@3.0.1-1?arch=amd64"));
    EXPECT_TRUE(said("pkg:deb/debian/src-libssl3"));
    EXPECT_TRUE(said("pkg:deb/debian/src-libssl3@3.0.1-1?arch=source"));
    EXPECT_FALSE(said("pkg:deb/ubuntu/libssl3"));
    EXPECT_FALSE(said("pkg:deb/debian/libssl3?arch=arm64"));
}

TEST(Vex, LeavesRulesAlone) {
    auto findings = findings_with(inventory::PackageType::npm, "left-pad", "1.0.0");
    findings.findings[0].packages[0].suppression =
        Suppression{.by = Suppression::By::rule, .name = "ours", .reason = {}};
    apply_vex({document(openvex(statement("not_affected")))}, image, findings);
    ASSERT_TRUE(findings.findings[0].suppression);
    EXPECT_EQ(findings.findings[0].suppression->name, "ours");
}

TEST(Vex, ReadsCycloneDx) {
    const auto cyclonedx = [](const std::string& state, const std::string& ref) {
        return R"({"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:1",)"
               R"("components":[{"bom-ref":"a","name":"left-pad","components":[)"
               R"({"bom-ref":"b","purl":"pkg:npm/left-pad@1.0.0"}]}],)"
               R"("vulnerabilities":[{"id":"CVE-2024-1","analysis":{"state":")" +
               state + R"(","justification":"code_not_reachable"},"affects":[{"ref":")" + ref + R"("}]}]})";
    };
    for (const auto* state : {"not_affected", "false_positive", "resolved", "resolved_with_pedigree"}) {
        EXPECT_TRUE(said_by(cyclonedx(state, "b"))) << state;
    }
    EXPECT_TRUE(said_by(cyclonedx("not_affected", "urn:cdx:1/1#b")));
    EXPECT_TRUE(said_by(cyclonedx("not_affected", "pkg:npm/left-pad")));
    EXPECT_FALSE(said_by(cyclonedx("not_affected", "a")));
    EXPECT_FALSE(said_by(cyclonedx("exploitable", "b")));
    EXPECT_FALSE(said_by(cyclonedx("in_triage", "b")));
}

TEST(Vex, ReadsCsaf) {
    const auto csaf = [](const std::string& status) {
        return R"({"document":{"category":"csaf_vex","csaf_version":"2.0","tracking":{"id":"EX-1"}},"product_tree":{)"
               R"("branches":[{"branches":[{"product":{"product_id":"P","product_identification_helper":)"
               R"({"purl":"pkg:npm/left-pad@1.0.0"}}}]}],)"
               R"("relationships":[{"product_reference":"P","relates_to_product_reference":"OS",)"
               R"("full_product_name":{"product_id":"OS:P"}}]},)"
               R"("vulnerabilities":[{"cve":"CVE-2024-1","product_status":{")" +
               status + R"(":["OS:P","?"]},"flags":[{"label":"component_not_present","product_ids":["OS:P"]}]}]})";
    };
    const auto suppression = said_by(csaf("known_not_affected"));
    ASSERT_TRUE(suppression);
    EXPECT_EQ(suppression->name, "EX-1");
    EXPECT_EQ(suppression->reason, "component_not_present");
    EXPECT_TRUE(said_by(csaf("fixed")));
    EXPECT_FALSE(said_by(csaf("known_affected")));
    EXPECT_FALSE(said_by(csaf("under_investigation")));
}

TEST(Vex, RefusesWhatIsNone) {
    for (const auto* text :
         {"", "[]", "{}", "{", R"({"bomFormat":"SPDX"})", R"({"@context":1})", R"({"document":[]})"}) {
        EXPECT_FALSE(parse_vex(text)) << text;
    }
    EXPECT_FALSE(parse_vex(std::string(100'000, '[')));
    // Wrong types inside are no statements.
    for (const auto* text : {R"({"@context":"openvex","statements":[1,{"products":{}},{"status":1}]})",
                             R"({"bomFormat":"CycloneDX","vulnerabilities":[[],{"affects":[1]}]})",
                             R"({"document":{"csaf_version":"2.0"},"vulnerabilities":[{"product_status":[]}]})"}) {
        EXPECT_TRUE(document(text).statements.empty()) << text;
    }
}

}  // namespace
}  // namespace berth::scan
