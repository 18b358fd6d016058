// The publishers' own forms.
#include "vulndb/test_feed.hpp"

#include <gtest/gtest.h>

namespace berth::vulndb {
namespace {

using testing::collect;
using testing::Collected;
using testing::fixed_in;
using testing::said_of;

Stream debian(const char* release) {
    return {.ecosystem = "Debian", .release = release};
}

// A tracker with one package, one flaw and one release.
Affected tracker_says(std::string_view release) {
    Collected got;
    collect(FeedKind::debian_tracker,
            R"({"curl":{"CVE-2024-1":{"description":"x","releases":{"bookworm":)" + std::string(release) + "}}}}", got);
    return said_of(got.record("CVE-2024-1"), debian("12"), "curl").at(0);
}

TEST(DebianTracker, ReadsTheSample) {
    Collected got;
    collect(FeedKind::debian_tracker, testing::read_sample("debian-tracker.json"), got);
    const auto& record = got.record("CVE-2008-7220");
    EXPECT_TRUE(record.part);
    EXPECT_EQ(record.vulnerability.uri, "https://security-tracker.debian.org/tracker/CVE-2008-7220");
    const auto said = said_of(record, debian("10"), "prototypejs");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said.front().ranges, std::vector<Range>{fixed_in("1.6.0.2-1")});
    EXPECT_EQ(said.front().severity, "high");
    EXPECT_EQ(said_of(got.record("CVE-2007-2383"), debian("9"), "prototypejs").at(0).state, FixState::not_affected);
}

TEST(DebianTracker, KnowsWhatWillNotBeFixed) {
    EXPECT_EQ(tracker_says(R"({"status":"open","urgency":"low"})").state, FixState::affected);
    EXPECT_EQ(tracker_says(R"({"status":"open","nodsa":"Minor","nodsa_reason":"ignored"})").state,
              FixState::will_not_fix);
    EXPECT_EQ(tracker_says(R"({"status":"open","nodsa":"Minor","nodsa_reason":"postponed"})").state,
              FixState::deferred);
    EXPECT_EQ(tracker_says(R"({"status":"open","nodsa":"Minor","nodsa_reason":""})").state, FixState::deferred);
    EXPECT_EQ(tracker_says(R"({"status":"open","urgency":"end-of-life"})").state, FixState::end_of_life);
    EXPECT_EQ(tracker_says(R"({"status":"open"})").ranges, std::vector<Range>{Range{}});
}

TEST(DebianTracker, UndeterminedIsNoFinding) {
    EXPECT_EQ(tracker_says(R"({"status":"undetermined"})").state, FixState::undetermined);
    EXPECT_TRUE(tracker_says(R"({"status":"undetermined"})").ranges.empty());
    EXPECT_EQ(tracker_says(R"({"status":"resolved"})").state, FixState::undetermined);
    EXPECT_EQ(tracker_says(R"({"status":"resolved","fixed_version":"0"})").state, FixState::not_affected);
}

TEST(DebianTracker, SkipsWhatItDoesNotUnderstand) {
    Collected got;
    collect(FeedKind::debian_tracker,
            R"({"a":{"CVE-1":{"releases":{"sid":{"status":"new word"}}},"CVE-2":7,"CVE-3":{"releases":[]}},)"
            R"("b":[],"c":{"CVE-4":{"releases":{"sid":{"status":"open"}}}}})",
            got);
    EXPECT_EQ(got.records.size(), 1U);
    EXPECT_EQ(got.skipped.size(), 4U);
}

TEST(Secdb, ReadsTheSample) {
    Collected got;
    collect(FeedKind::alpine_secdb, testing::read_sample("alpine-v3.18-main.json"), got);
    const Stream alpine{.ecosystem = "Alpine", .release = "3.18"};
    const auto& record = got.record("CVE-2022-37434");
    EXPECT_EQ(said_of(record, alpine, "zlib").at(0).ranges, std::vector<Range>{fixed_in("1.2.12-r2")});
    EXPECT_EQ(record.vulnerability.source, "ALPINE_SECDB");
    EXPECT_TRUE(got.skipped.empty());
}

TEST(Secdb, SplitsNamesInOneString) {
    Collected got;
    collect(FeedKind::alpine_secdb,
            R"({"packages":[{"pkg":{"name":"xen","secfixes":{"4.10-r1":["CVE-1-1 XSA-9"],)"
            R"("4.11-r0":["CVE-2-1 CVE-2-2 XSA-10","XSA-11","ALPINE-13661"],"0":["CVE-3-1"],"5":null}}}],)"
            R"("distroversion":"v3.20"})",
            got);
    ASSERT_EQ(got.records.size(), 6U);
    EXPECT_EQ(got.record("CVE-1-1").vulnerability.aliases, std::vector<std::string>{"XSA-9"});
    EXPECT_EQ(got.record("CVE-2-2").vulnerability.related, std::vector<std::string>{"XSA-10"});
    EXPECT_EQ(got.record("XSA-11").advice.at(0).affected.ranges, std::vector<Range>{fixed_in("4.11-r0")});
    EXPECT_EQ(got.record("CVE-3-1").advice.at(0).affected.state, FixState::not_affected);
    EXPECT_EQ(got.record("CVE-3-1").advice.at(0).stream.release, "3.20");
}

TEST(Secdb, APlaceholderIsNoName) {
    Collected got;
    collect(FeedKind::alpine_secdb,
            R"({"packages":[{"pkg":{"name":"p","secfixes":{"1-r0":["CVE-????-????? TS-2024-005"],)"
            R"("2-r0":["CVE-2022-????? XSA-398","CVE-2017-17434-1"],"3-r0":["CVE-2023-XXXXX"]}}}],)"
            R"("distroversion":"v3.20"})",
            got);
    ASSERT_EQ(got.records.size(), 3U);
    EXPECT_TRUE(got.record("TS-2024-005").vulnerability.aliases.empty());
    EXPECT_EQ(got.record("XSA-398").advice.at(0).affected.ranges, std::vector<Range>{fixed_in("2-r0")});
    EXPECT_EQ(got.record("CVE-2017-17434-1").advice.at(0).package, "p");
    EXPECT_EQ(got.skipped, std::vector<std::string>{"p: a fix of what has no name but CVE-2023-XXXXX"});
}

TEST(Secdb, EdgeIsABranch) {
    Collected got;
    collect(FeedKind::alpine_secdb,
            R"({"packages":[{"pkg":{"name":"curl","secfixes":{"8.0-r1":["CVE-1-1"]}}}],"distroversion":"edge"})", got);
    EXPECT_EQ(got.record("CVE-1-1").advice.at(0).stream, (Stream{.ecosystem = "Alpine", .release = "edge"}));
}

TEST(Secdb, WolfiAndChainguardHaveNoRelease) {
    for (const auto& [address, ecosystem] : {std::pair{"https://packages.wolfi.dev", "Wolfi"},
                                             std::pair{"https://packages.cgr.dev/chainguard", "Chainguard"}}) {
        Collected got;
        collect(FeedKind::alpine_secdb,
                std::string(R"({"urlprefix":")") + address +
                    R"(","packages":[{"pkg":{"name":"curl","secfixes":{"8.0-r1":["CVE-1-1"]}}}]})",
                got);
        EXPECT_EQ(got.record("CVE-1-1").advice.at(0).stream, (Stream{.ecosystem = ecosystem, .release = {}}));
    }
}

TEST(Secdb, AFileThatDoesNotSayItsBranchFails) {
    Collected got;
    EXPECT_FALSE(testing::import_text(FeedKind::alpine_secdb, R"({"packages":[]})", got));
}

TEST(UbuntuTracker, ReadsStatuses) {
    Collected got;
    collect(FeedKind::ubuntu_tracker,
            R"({"candidate":"CVE-1-1","priority":"medium","public_date":"2016-05-26 16:59:00 UTC","packages":{)"
            R"("jammy":{"a":["released","1.2-3"],"b":["needed"],"c":["deferred","2022-01-27"],"d":["ignored"],)"
            R"("e":["ignored","end of life"],"f":["not-affected"],"g":["DNE"],"h":["pending","9"]},)"
            R"("esm-apps/jammy":{"b":["released","1~esm1"]},"upstream":{"a":["released","2"]}}})",
            got);
    const auto& record = got.record("CVE-1-1");
    const Stream jammy{.ecosystem = "Ubuntu", .release = "22.04"};
    EXPECT_EQ(record.advice.size(), 7U);
    EXPECT_EQ(said_of(record, jammy, "a").at(0).ranges, std::vector<Range>{fixed_in("1.2-3")});
    EXPECT_EQ(said_of(record, jammy, "b").at(0).ranges, std::vector<Range>{Range{}});
    EXPECT_EQ(said_of(record, jammy, "c").at(0).state, FixState::deferred);
    EXPECT_EQ(said_of(record, jammy, "d").at(0).state, FixState::will_not_fix);
    EXPECT_EQ(said_of(record, jammy, "e").at(0).state, FixState::end_of_life);
    EXPECT_TRUE(said_of(record, jammy, "f").empty());
    // A fix that is not out yet is none.
    EXPECT_EQ(said_of(record, jammy, "h").at(0).ranges, std::vector<Range>{Range{}});
    // A paid fix is not everybody's.
    EXPECT_EQ(said_of(record, {.ecosystem = "Ubuntu Pro", .release = "22.04"}, "b").at(0).ranges,
              std::vector<Range>{fixed_in("1~esm1")});
    EXPECT_EQ(record.vulnerability.published_at, 1464281940000);
}

TEST(UbuntuTracker, ReadsTheSample) {
    Collected got;
    collect(FeedKind::ubuntu_tracker, testing::read_sample("ubuntu-tracker.jsonl"), got);
    EXPECT_GE(got.records.size(), 5U);
    EXPECT_TRUE(got.skipped.empty());
}

TEST(AmazonFacts, ReadsTheSample) {
    Collected got;
    collect(FeedKind::amazon_facts, testing::read_sample("al2023.facts.jsonl"), got);
    EXPECT_EQ(got.records.size(), 2U);
    EXPECT_EQ(got.skipped, std::vector<std::string>{"ALAS2023-2023-395: an erratum without a CVE"});
    const auto& record = got.record("ALAS2023-2023-001");
    EXPECT_EQ(record.vulnerability.related, (std::vector<std::string>{"CVE-2014-3634", "CVE-2022-24903"}));
    EXPECT_EQ(record.vulnerability.uri, "https://alas.aws.amazon.com/AL2023/ALAS-2023-001.html");
    const auto said = said_of(record, {.ecosystem = "Amazon Linux", .release = "2023"}, "rsyslog");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said.front().ranges, std::vector<Range>{fixed_in("0:8.2204.0-3.amzn2023.0.2")});
    EXPECT_EQ(said.front().architectures, (std::vector<std::string>{"x86_64", "aarch64"}));
}

TEST(AmazonFacts, ExtrasSayNothingOfTheBase) {
    Collected got;
    collect(FeedKind::amazon_facts,
            R"({"id":"ALAS2DOCKER-2021-001","cves":["CVE-1-1"],"packages":["docker|x86_64|0:1-1.amzn2"]})", got);
    EXPECT_EQ(got.skipped, std::vector<std::string>{"ALAS2DOCKER-2021-001: an erratum of Amazon's extras"});
}

constexpr std::string_view updateinfo = R"(<?xml version="1.0"?><updates>
<update type="security" status="final"><id>ALAS2023-2024-500</id><title>Amazon - curl</title>
<issued date="2024-02-03 04:05:06"/><updated date="2024-02-04 00:00:00"/><severity>important</severity>
<description>A &amp; B</description>
<references><reference href="https://x/CVE-1-1" id="CVE-1-1" type="cve"/><reference href="https://y" type="self"/></references>
<pkglist><collection short="amazon-linux-2023"><name>Amazon Linux 2023</name>
<package name="curl" epoch="0" version="8.5.0" release="1.amzn2023.0.1" arch="x86_64"><filename>f</filename></package>
<package name="curl" epoch="0" version="8.5.0" release="1.amzn2023.0.1" arch="src"/>
<package name="curl-doc" version="8.5.0" release="1.amzn2023.0.1" arch="noarch"/>
</collection></pkglist></update>
<update type="bugfix"><id>ALAS2023-2024-501</id></update>
</updates>)";

TEST(Updateinfo, ReadsSecurityUpdates) {
    Collected got;
    collect(FeedKind::updateinfo, updateinfo, got);
    ASSERT_EQ(got.records.size(), 1U);
    const auto& record = got.records.front();
    EXPECT_EQ(record.vulnerability.id, "ALAS2023-2024-500");
    EXPECT_EQ(record.vulnerability.summary, "Amazon - curl");
    EXPECT_EQ(record.vulnerability.details, "A & B");
    EXPECT_EQ(record.vulnerability.severity, "important");
    EXPECT_EQ(record.vulnerability.related, std::vector<std::string>{"CVE-1-1"});
    EXPECT_EQ(record.vulnerability.references, std::vector<std::string>{"https://y"});
    const Stream amazon{.ecosystem = "Amazon Linux", .release = "2023"};
    EXPECT_EQ(said_of(record, amazon, "curl").at(0).ranges, std::vector<Range>{fixed_in("0:8.5.0-1.amzn2023.0.1")});
    EXPECT_EQ(said_of(record, amazon, "curl").at(0).architectures, std::vector<std::string>{"x86_64"});
    EXPECT_TRUE(said_of(record, amazon, "curl-doc").at(0).architectures.empty());
}

TEST(Updateinfo, RefusesDocumentTypesSoEntitiesCannotExplode) {
    const std::string bomb =
        R"(<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><updates>&b;</updates>)";
    Collected got;
    const auto read = testing::import_text(FeedKind::updateinfo, bomb, got);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, "XML: a document type, which no feed has");
}

TEST(Updateinfo, RefusesDepthLengthAndOtherDocuments) {
    std::string deep = "<updates>";
    for (int i = 0; i < 100; ++i) deep += "<a>";
    std::string broad = "<updates><update><id>" + std::string(3 << 20, 'x') + "</id></update></updates>";
    std::string tag = "<updates><a b=\"" + std::string(6 << 20, 'x') + "\"/></updates>";
    for (const auto& text : {deep, broad, tag, std::string("<html/>"), std::string(updateinfo.substr(0, 700))}) {
        Collected got;
        EXPECT_FALSE(testing::import_text(FeedKind::updateinfo, text, got)) << text.substr(0, 40);
    }
}

TEST(CsafVex, ReadsTheSample) {
    Collected got;
    collect(FeedKind::csaf_vex, testing::read_sample("rhel-vex-cve-2023-38545.json"), got);
    const auto& record = got.record("CVE-2023-38545");
    EXPECT_EQ(record.vulnerability.severity, "Important");
    EXPECT_EQ(record.vulnerability.source, "REDHAT_VEX");
    EXPECT_EQ(record.vulnerability.scores.at(0).vector, "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H");
    const Stream nine{.ecosystem = "Red Hat", .release = "9"};
    std::vector<Range> fixes;
    for (const auto& affected : said_of(record, nine, "libcurl"))
        fixes.insert(fixes.end(), affected.ranges.begin(), affected.ranges.end());
    EXPECT_EQ(fixes, (std::vector<Range>{fixed_in("7.76.1-23.el9_2.4"), fixed_in("7.76.1-26.el9_3.2")}));
    for (const auto& advice : record.advice) {
        // Neither layered products nor extended support nor what is not affected.
        EXPECT_EQ(advice.stream, nine) << advice.package;
        EXPECT_FALSE(advice.package.starts_with("jbcs")) << advice.package;
    }
}

constexpr std::string_view vex_head =
    R"({"document":{"tracking":{"current_release_date":"2024-01-01T00:00:00+00:00"}},"product_tree":{"branches":[)"
    R"({"category":"product_name","name":"r","product":{"product_id":"r8","product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:8"}}},)"
    R"({"category":"v","branches":[{"product":{"product_id":"p","product_identification_helper":{"purl":"pkg:rpm/redhat/libstdc%2B%2B"}}},)"
    R"({"product":{"product_id":"m","product_identification_helper":{"purl":"pkg:rpm/redhat/nodejs@18.1-2.el8?arch=x86_64&epoch=1&rpmmod=nodejs:18:80:x"}}}]}],)"
    R"("relationships":[{"product_reference":"p","relates_to_product_reference":"r8","full_product_name":{"product_id":"r8:p"}},)"
    R"({"product_reference":"m","relates_to_product_reference":"r8","full_product_name":{"product_id":"r8:m"}}]},)";

TEST(CsafVex, ReadsStatesModulesAndEpochs) {
    const std::pair<const char*, FixState> remedies[] = {
        {R"({"category":"no_fix_planned","details":"Will not fix","product_ids":["r8:p"]})", FixState::will_not_fix},
        {R"({"category":"no_fix_planned","details":"Out of support scope","product_ids":["r8:p"]})",
         FixState::end_of_life},
        {R"({"category":"none_available","details":"Fix deferred","product_ids":["r8:p"]})", FixState::deferred},
        {R"({"category":"none_available","details":"Affected","product_ids":["r8:p"]})", FixState::affected},
    };
    for (const auto& [remedy, state] : remedies) {
        Collected got;
        collect(FeedKind::csaf_vex,
                std::string(vex_head) + R"("vulnerabilities":[{"cve":"CVE-1-1","product_status":{"fixed":["r8:m"],)" +
                    R"("known_affected":["r8:p","unknown"]},"remediations":[)" + remedy + "]}]}",
                got);
        const auto& record = got.record("CVE-1-1");
        const Stream eight{.ecosystem = "Red Hat", .release = "8"};
        EXPECT_EQ(said_of(record, eight, "libstdc++").at(0).state, state) << remedy;
        const auto module = said_of(record, eight, "nodejs").at(0);
        EXPECT_EQ(module.module_label, "nodejs:18");
        EXPECT_EQ(module.ranges, std::vector<Range>{fixed_in("1:18.1-2.el8")});
    }
}

// One package, fixed in the main stream and in those that are paid for, each with a version of its own.
TEST(CsafVex, OnlyTheMainStreamIsEverybodys) {
    const std::pair<std::string, std::string> products[] = {
        {"cpe:/o:redhat:enterprise_linux:9::baseos", "1-26.el9_3.2"},
        {"cpe:/a:redhat:enterprise_linux:9::crb", "1-26.el9_3.2"},
        {"cpe:/o:redhat:rhel_eus:9.2::baseos", "1-23.el9_2.7"},
        {"cpe:/o:redhat:rhel_e4s:9.0::baseos", "1-14.el9_0.9"},
        {"cpe:/o:redhat:rhel_aus:9.2::baseos", "1-23.el9_2.8"},
        {"cpe:/o:redhat:rhel_tus:8.8::baseos", "1-12.el8_8.1"},
        {"cpe:/o:redhat:rhel_els:7", "1-3.el7_9.1"},
        {"cpe:/a:redhat:rhel_extras:9", "1-99.el9"},
    };
    std::string branches;
    std::string relationships;
    std::string fixed;
    int number = 0;
    for (const auto& [cpe, version] : products) {
        const auto id = std::to_string(number++);
        const auto product = [&](const std::string& letter, const std::string& helper) {
            return R"({"product":{"product_id":")" + letter + id + R"(","product_identification_helper":{)" + helper +
                   "}}},";
        };
        branches += product("r", R"("cpe":")" + cpe + '"');
        branches += product("p", R"("purl":"pkg:rpm/redhat/curl@)" + version + R"(?arch=x86_64")");
        relationships += R"({"product_reference":"p)" + id + R"(","relates_to_product_reference":"r)" + id +
                         R"(","full_product_name":{"product_id":"f)" + id + R"("}},)";
        fixed += "\"f" + id + "\",";
    }
    for (auto* list : {&branches, &relationships, &fixed}) list->pop_back();
    Collected got;
    collect(FeedKind::csaf_vex,
            R"({"document":{},"product_tree":{"branches":[)" + branches + R"(],"relationships":[)" + relationships +
                R"(]},"vulnerabilities":[{"cve":"CVE-1-1","product_status":{"fixed":[)" + fixed + "]}}]}",
            got);
    const auto& advice = got.record("CVE-1-1").advice;
    ASSERT_EQ(advice.size(), 1U);
    EXPECT_EQ(advice[0].stream, (Stream{.ecosystem = "Red Hat", .release = "9"}));
    EXPECT_EQ(advice[0].affected.ranges, std::vector<Range>{fixed_in("1-26.el9_3.2")});
}

TEST(CsafVex, WhatIsNoVexIsSkipped) {
    Collected got;
    collect(FeedKind::csaf_vex, R"({"document":{},"vulnerabilities":{}})", got);
    EXPECT_EQ(got.skipped.size(), 1U);
}

TEST(Kev, ReadsTheSample) {
    Collected got;
    collect(FeedKind::kev, testing::read_sample("kev.json"), got);
    ASSERT_EQ(got.enrichments.size(), 2U);
    EXPECT_TRUE(got.enrichments.front().known_exploited);
    EXPECT_EQ(got.enrichments.front().cve.substr(0, 4), "CVE-");
}

TEST(Epss, ReadsLines) {
    Collected got;
    collect(FeedKind::epss,
            "#model_version:v2023.03.01,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\n"
            "CVE-2021-44228,0.97,0.999\r\nrubbish\nCVE-2,x,0\nCVE-2014-0160,1.0,1",
            got);
    ASSERT_EQ(got.enrichments.size(), 2U);
    EXPECT_EQ(got.enrichments.front().epss, 0.97);
    EXPECT_EQ(got.enrichments.back().cve, "CVE-2014-0160");
    EXPECT_EQ(got.skipped.size(), 2U);
}

TEST(Nvd, TakesVectorsItsOwnFirst) {
    Collected got;
    collect(FeedKind::nvd,
            R"({"resultsPerPage":2,"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-1-1","metrics":{)"
            R"("cvssMetricV31":[{"source":"a@b","cvssData":{"vectorString":"CVSS:3.1/A"}},)"
            R"({"source":"nvd@nist.gov","cvssData":{"vectorString":"CVSS:3.1/B"}}],)"
            R"("cvssMetricV2":[{"source":"nvd@nist.gov","cvssData":{"vectorString":"AV:N"}}]}}},)"
            R"({"cve":{"id":"CVE-1-2","vulnStatus":"Rejected"}},{"cve":{"id":"CVE-1-3","metrics":{}}}]})",
            got);
    ASSERT_EQ(got.enrichments.size(), 1U);
    EXPECT_EQ(got.enrichments.front().scores, (std::vector<Score>{{.vector = "CVSS:3.1/B", .source = "NVD"},
                                                                  {.vector = "CVSS:3.1/A", .source = "CNA"},
                                                                  {.vector = "AV:N", .source = "NVD"}}));
    EXPECT_EQ(got.withdrawals, 1);
}

}  // namespace
}  // namespace berth::vulndb
