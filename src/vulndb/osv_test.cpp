#include "vulndb/test_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace berth::vulndb {
namespace {

using testing::collect;
using testing::Collected;
using testing::fixed_in;
using testing::said_of;

constexpr std::string_view head = R"({"id":"GHSA-1","modified":"2024-01-02T03:04:05Z",)";

std::string record_with(std::string_view rest) {
    return std::string(head) + std::string(rest) + "}";
}

// One package of npm with these ranges and versions.
std::string npm_record(std::string_view inside) {
    return record_with(R"("affected":[{"package":{"ecosystem":"npm","name":"left"},)" + std::string(inside) + "}]");
}

Record only_record(std::string_view text) {
    Collected got;
    collect(FeedKind::osv, text, got);
    EXPECT_EQ(got.records.size(), 1U) << (got.skipped.empty() ? "" : got.skipped.front());
    return got.records.empty() ? Record{} : got.records.front();
}

std::vector<Range> ranges_of(std::string_view events) {
    const auto record =
        only_record(npm_record(R"("ranges":[{"type":"SEMVER","events":[)" + std::string(events) + "]}]"));
    return record.advice.at(0).affected.ranges;
}

std::string skip_reason(std::string_view text) {
    Collected got;
    collect(FeedKind::osv, text, got);
    EXPECT_TRUE(got.records.empty());
    return got.skipped.empty() ? "" : got.skipped.front();
}

TEST(Osv, ReadsEveryEcosystemOfTheSamples) {
    const std::pair<const char*, std::size_t> samples[] = {
        {"debian-cve.jsonl", 27}, {"debian-dsa.jsonl", 5},     {"npm.jsonl", 8},   {"pypi.jsonl", 11},
        {"maven.jsonl", 7},       {"rubygems.jsonl", 6},       {"nuget.jsonl", 2}, {"packagist.jsonl", 4},
        {"go.jsonl", 7},          {"almalinux.jsonl", 2},      {"rocky.jsonl", 2}, {"ubuntu-osv.json", 1},
        {"crates.jsonl", 2},      {"osv-unmodified.jsonl", 1},
    };
    for (const auto& [name, records] : samples) {
        Collected got;
        collect(FeedKind::osv, testing::read_sample(name), got);
        EXPECT_EQ(got.records.size(), records) << name;
        EXPECT_TRUE(got.skipped.empty()) << name;
        for (const auto& record : got.records) {
            EXPECT_FALSE(record.advice.empty()) << record.vulnerability.id;
            EXPECT_FALSE(record.vulnerability.source.empty()) << record.vulnerability.id;
            EXPECT_FALSE(record.vulnerability.uri.empty()) << record.vulnerability.id;
        }
    }
}

TEST(Osv, DropsWithdrawnRecordsAndRejectedNames) {
    Collected got;
    collect(FeedKind::osv, testing::read_sample("crates.jsonl"), got);
    EXPECT_EQ(got.withdrawals, 2);
    collect(FeedKind::osv, record_with(R"("details":"Rejected reason: not a flaw","affected":[])"), got);
    EXPECT_EQ(got.withdrawals, 3);
}

TEST(Osv, LodashIsAsPublished) {
    Collected got;
    collect(FeedKind::osv, testing::read_sample("npm.jsonl"), got);
    const auto& record = got.record("GHSA-jf85-cpcp-j695");
    const auto& vulnerability = record.vulnerability;
    EXPECT_EQ(vulnerability.aliases, std::vector<std::string>{"CVE-2019-10744"});
    EXPECT_EQ(vulnerability.source, "GITHUB");
    EXPECT_EQ(vulnerability.uri, "https://github.com/advisories/GHSA-jf85-cpcp-j695");
    EXPECT_EQ(vulnerability.severity, "CRITICAL");
    EXPECT_EQ(vulnerability.scores,
              (std::vector<Score>{{.vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H", .source = "GHSA"}}));
    const auto said = said_of(record, {.ecosystem = "npm", .release = {}}, "lodash");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said.front().ranges, std::vector<Range>{fixed_in("4.17.12")});
}

TEST(Osv, DebianKeepsItsUrgencyAndReleasesApart) {
    Collected got;
    collect(FeedKind::osv, testing::read_sample("osv-unmodified.jsonl"), got);
    const auto& record = got.record("CVE-2016-2781");
    EXPECT_EQ(record.vulnerability.source, "DEBIAN_CVE");
    const auto said = said_of(record, {.ecosystem = "Debian", .release = "12"}, "coreutils");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said.front().severity, "low");
    EXPECT_EQ(said.front().ranges, std::vector<Range>{Range{}});
    // The list beside a range only repeats it.
    EXPECT_TRUE(said.front().versions.empty());
}

TEST(Osv, UbuntuProIsAStreamOfItsOwn) {
    Collected got;
    collect(FeedKind::osv, testing::read_sample("ubuntu-osv.json"), got);
    const auto& record = got.records.at(0);
    EXPECT_EQ(record.vulnerability.aliases, std::vector<std::string>{"CVE-2016-20013"});
    EXPECT_EQ(record.vulnerability.severity, "negligible");
    EXPECT_EQ(record.vulnerability.uri, "https://ubuntu.com/security/CVE-2016-20013");
    EXPECT_EQ(said_of(record, {.ecosystem = "Ubuntu", .release = "22.04"}, "glibc").size(), 1U);
    EXPECT_EQ(said_of(record, {.ecosystem = "Ubuntu", .release = "18.04"}, "glibc").size(), 0U);
    EXPECT_EQ(said_of(record, {.ecosystem = "Ubuntu Pro", .release = "18.04"}, "glibc").size(), 1U);
}

TEST(Osv, ErrataNameTheirFlawsAsRelatedAndTheirSeverityInTheSummary) {
    Collected got;
    collect(FeedKind::osv, testing::read_sample("almalinux.jsonl"), got);
    const auto& vulnerability = got.record("ALSA-2023:0016").vulnerability;
    EXPECT_EQ(vulnerability.related, std::vector<std::string>{"CVE-2022-42856"});
    EXPECT_TRUE(vulnerability.aliases.empty());
    EXPECT_EQ(vulnerability.severity, "Important");
    EXPECT_EQ(vulnerability.uri, "https://errata.almalinux.org/8/ALSA-2023-0016.html");
}

TEST(Osv, ReadsIntervals) {
    EXPECT_EQ(ranges_of(R"({"introduced":"0"},{"fixed":"1.2"})"), std::vector<Range>{fixed_in("1.2")});
    EXPECT_EQ(ranges_of(R"({"introduced":"1.0"},{"fixed":"1.2"},{"introduced":"2.0"},{"fixed":"2.1"})"),
              (std::vector<Range>{fixed_in("1.2", "1.0"), fixed_in("2.1", "2.0")}));
    EXPECT_EQ(ranges_of(R"({"introduced":"1.0"},{"last_affected":"1.9"})"),
              (std::vector<Range>{{.introduced = "1.0", .fixed = {}, .last_affected = "1.9"}}));
    EXPECT_EQ(ranges_of(R"({"introduced":"0"},{"fixed":"1.2"},{"introduced":"2.0"})"),
              (std::vector<Range>{fixed_in("1.2"), {.introduced = "2.0", .fixed = {}, .last_affected = {}}}));
}

TEST(Osv, AnEndWithoutABeginningClosesNothing) {
    EXPECT_EQ(ranges_of(R"({"introduced":"0"},{"fixed":"1.2"},{"fixed":"1.3"})"), std::vector<Range>{fixed_in("1.2")});
}

TEST(Osv, FixedInZeroIsNotAffected) {
    const auto record =
        only_record(npm_record(R"("ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"0"}]}])"));
    EXPECT_EQ(record.advice.at(0).affected.state, FixState::not_affected);
    EXPECT_TRUE(record.advice.at(0).affected.ranges.empty());
}

TEST(Osv, KeepsListedVersionsWhereThereIsNoRange) {
    const auto record = only_record(npm_record(R"("versions":["1.0.0","1.0.1"])"));
    EXPECT_EQ(record.advice.at(0).affected.versions, (std::vector<std::string>{"1.0.0", "1.0.1"}));
}

TEST(Osv, TakesTheEndThatGitHubKeepsBeside) {
    const auto record =
        only_record(npm_record(R"("ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],)"
                               R"("database_specific":{"last_known_affected_version_range":"<= 2.0.0"})"));
    EXPECT_EQ(record.advice.at(0).affected.ranges.at(0).last_affected, "2.0.0");
}

TEST(Osv, CommitsAndForeignEcosystemsSayNothingOfPackages) {
    const auto record = only_record(record_with(
        R"("affected":[{"ranges":[{"type":"GIT","repo":"x","events":[{"introduced":"0"}]}]},)"
        R"({"package":{"ecosystem":"Hex","name":"a"},"versions":["1"]},)"
        R"({"package":{"ecosystem":"PyPI","name":"b"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}],"versions":["1"]}])"));
    ASSERT_EQ(record.advice.size(), 1U);
    EXPECT_EQ(record.advice.front().package, "b");
}

TEST(Osv, WrongTypesCostTheRecordAlone) {
    EXPECT_EQ(skip_reason(record_with(R"("affected":7)")), "GHSA-1: a list that is none");
    EXPECT_EQ(skip_reason(record_with(R"("affected":[3])")), "GHSA-1: an affected package that is no object");
    EXPECT_EQ(skip_reason(npm_record(R"("ranges":{})")), "GHSA-1: ranges that are no list");
    EXPECT_EQ(skip_reason(npm_record(R"("ranges":[{"type":"SEMVER"}])")), "GHSA-1: a range without events");
    EXPECT_EQ(skip_reason(npm_record(R"("ranges":[{"type":"SEMVER","events":[{"introduced":0}]}])")),
              "GHSA-1: a version that is no text");
    EXPECT_EQ(skip_reason(R"({"id":12,"affected":[]})"), ": it has no id");
}

TEST(Osv, MalwareWithoutASeverityIsCritical) {
    const auto severity_of = [](const std::string& id, const std::string& more) {
        Collected got;
        collect(FeedKind::osv,
                R"({"id":")" + id + R"(",)" + more +
                    R"("affected":[{"package":{"ecosystem":"npm","name":"left"},"versions":["1.0.0"]}]})",
                got);
        return got.record(id).vulnerability.severity;
    };
    EXPECT_EQ(severity_of("MAL-2024-1", ""), "CRITICAL");
    EXPECT_EQ(severity_of("MAL-2024-1", R"("database_specific":{"severity":"LOW"},)"), "LOW");
    EXPECT_EQ(severity_of("MAL-2024-1", R"("severity":[{"type":"CVSS_V3","score":"CVSS:3.1/X"}],)"), "");
    EXPECT_EQ(severity_of("GHSA-1", ""), "");
}

TEST(Osv, ReadsAnArrayALineEachAndOneAlone) {
    const auto one = npm_record(R"("versions":["1"])");
    for (const auto& text : {one, "[" + one + "]", " [ " + one + " ] ", one + "\n"}) only_record(text);
    Collected got;
    collect(FeedKind::osv, one + "\n" + one + "\r\n" + one, got);
    collect(FeedKind::osv, "[" + one + "," + one + "]", got);
    EXPECT_EQ(got.records.size(), 5U);
}

TEST(Osv, ABrokenLineCostsOneRecord) {
    const auto one = npm_record(R"("versions":["1"])");
    for (const auto* bad : {R"({"id": "broken)", R"({"a":[}])", "rubbish", "{\"a\" 1}", "}"}) {
        Collected got;
        collect(FeedKind::osv, one + "\n" + bad + "\n" + one + "\n", got);
        EXPECT_EQ(got.records.size(), 2U) << bad;
        EXPECT_EQ(got.skipped.size(), 1U) << bad;
    }
}

TEST(Osv, ATextThatBreaksOffFails) {
    const auto one = npm_record(R"("versions":["1"])");
    for (const auto& text :
         {one.substr(0, one.size() - 1), one + "\n" + one.substr(0, 20), "[" + one, "[" + one + ","}) {
        Collected got;
        EXPECT_FALSE(testing::import_text(FeedKind::osv, text, got)) << text;
    }
}

}  // namespace
}  // namespace berth::vulndb
