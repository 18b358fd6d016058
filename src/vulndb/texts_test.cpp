// The ways to the records: JSON cut into values, xz, the column's byte forms, dates, names, what a file is.
#include "testing/folder.hpp"
#include "vulndb/bounds.hpp"
#include "vulndb/coding.hpp"
#include "vulndb/json_text.hpp"
#include "vulndb/names.hpp"
#include "vulndb/recognise.hpp"
#include "vulndb/record_limits.hpp"
#include "vulndb/test_feed.hpp"
#include "vulndb/times.hpp"
#include "vulndb/xz_source.hpp"

#include <gtest/gtest.h>
#include <lzma.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace berth::vulndb {
namespace {

// Gives a byte at a time: every cut is between two reads.
class Dripping final : public archive::Source {
public:
    explicit Dripping(std::string_view text) : text_(text) {}
    Result<std::size_t> read(std::span<std::byte> into) override {
        if (text_.empty()) return 0U;
        into.front() = static_cast<std::byte>(text_.front());
        text_.remove_prefix(1);
        return 1U;
    }

private:
    std::string_view text_;
};

std::map<std::string, std::string> members_of(std::string_view text) {
    Dripping source(text);
    JsonText json(source);
    std::map<std::string, std::string> members;
    const auto read = json.members([&](const std::string& key) -> Result<void> {
        const auto value = json.value();
        if (!value) return std::unexpected(value.error());
        members[key] = *value;
        return {};
    });
    if (!read) members["fault"] = read.error().message;
    return members;
}

TEST(JsonText, CutsMembersWhateverTheyHold) {
    EXPECT_EQ(members_of(R"( {"a" : {"}":"]\"}"}, "b":[1,[2]] ,"c":"x","d":-1.5e3,"e":null})"),
              (std::map<std::string, std::string>{
                  {"a", R"({"}":"]\"}"})"}, {"b", "[1,[2]]"}, {"c", R"("x")"}, {"d", "-1.5e3"}, {"e", "null"}}));
    EXPECT_EQ(members_of("{}"), (std::map<std::string, std::string>{}));
}

TEST(JsonText, RefusesWhatDoesNotMatch) {
    for (const auto* bad : {"", "[", "{", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":[}]}", "{a:1}",
                            "{\"a\":1 \"b\":2}", "{\"a\":\"\n\"}", "{,}"})
        EXPECT_EQ(members_of(bad).count("fault"), 1U) << bad;
}

TEST(JsonText, HoldsItsLimits) {
    const std::string deep(100, '[');
    EXPECT_EQ(members_of("{\"a\":" + deep + "}").count("fault"), 1U);
    const std::string text = "[\"" + std::string(2000, 'x') + "\"]";
    archive::MemorySource source(std::as_bytes(std::span(text)));
    JsonText json(source, 1000);
    const auto read = json.elements([&]() -> Result<void> {
        const auto value = json.value();
        return value ? Result<void>{} : std::unexpected(value.error());
    });
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, FaultKind::too_large);
}

std::string pack_xz(std::string_view text) {
    std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
    std::size_t size = 0;
    const auto code =
        lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()),
                                text.size(), reinterpret_cast<std::uint8_t*>(packed.data()), &size, packed.size());
    if (code != LZMA_OK) throw std::runtime_error("xz");
    packed.resize(size);
    return packed;
}

Result<std::vector<std::byte>> unpack_all(std::string_view packed, const archive::Limits& limits) {
    Dripping source(packed);
    const auto unpacked = unpack_xz(source, limits);
    return archive::read_all(*unpacked, std::uint64_t{1} << 30, "text");
}

TEST(Xz, UnpacksStreamsAndRefusesDamage) {
    const archive::Limits limits;
    const auto packed = pack_xz("hello, ") + pack_xz("world");
    EXPECT_TRUE(is_xz(packed));
    const auto text = unpack_all(packed, limits);
    ASSERT_TRUE(text);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(text->data()), text->size()), "hello, world");
    EXPECT_FALSE(unpack_all(packed.substr(0, packed.size() - 3), limits));
    auto broken = packed;
    broken[20] = static_cast<char>(broken[20] ^ 0x40);
    EXPECT_FALSE(unpack_all(broken, limits));
}

TEST(Xz, ABombEndsAtTheLimits) {
    const auto packed = pack_xz(std::string(8 << 20, 'x'));
    archive::Limits limits;
    limits.unpacked_bytes = 1 << 20;
    EXPECT_EQ(unpack_all(packed, limits).error().kind, FaultKind::too_large);
    limits = {};
    limits.ratio_free_bytes = 1 << 20;
    EXPECT_EQ(unpack_all(packed, limits).error().kind, FaultKind::too_large);
}

Affected some_affected(const std::vector<std::string>& words) {
    Affected affected;
    affected.state = static_cast<FixState>(words.size() % 6);
    for (const auto& word : words) {
        affected.versions.push_back(word);
        affected.ranges.push_back({.introduced = word, .fixed = word, .last_affected = {}});
        affected.ranges.push_back({.introduced = {}, .fixed = {}, .last_affected = word});
    }
    affected.severity = words.empty() ? "" : words.front();
    return affected;
}

RC_GTEST_PROP(Coding, EntriesComeBack, (const std::vector<std::vector<std::string>>& lists)) {
    std::vector<Entry> entries;
    for (const auto& words : lists) {
        entries.push_back({.affected = some_affected(words), .hidden = words.size() % 2 == 1});
        entries.back().affected.vulnerability = static_cast<std::int64_t>(entries.size() * 1000);
    }
    const auto again = decode_entries(encode_entries(entries));
    RC_ASSERT(again.size() == entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        RC_ASSERT(again[i].affected == entries[i].affected);
        RC_ASSERT(again[i].hidden == entries[i].hidden);
    }
}

RC_GTEST_PROP(Coding, AnyBytesAreReadOrRefused, (const std::string& bytes)) {
    try {
        static_cast<void>(decode_entries(bytes));
        static_cast<void>(decode_vulnerability(bytes));
    } catch (const BadCoding&) {
        RC_SUCCEED("refused");
    }
}

TEST(Coding, AVulnerabilityComesBack) {
    Vulnerability vulnerability;
    vulnerability.id = "CVE-2024-1";
    vulnerability.aliases = {"GHSA-1"};
    vulnerability.related = {"DSA-1", "DSA-2"};
    vulnerability.summary = "s";
    vulnerability.details = std::string(300, 'd');
    vulnerability.scores = {{.vector = "CVSS:3.1/X", .source = "NVD"}};
    vulnerability.references = {"https://x"};
    vulnerability.modified_at = 0;
    EXPECT_EQ(decode_vulnerability(encode_vulnerability(vulnerability)), vulnerability);
}

TEST(Times, ReadsTheFormsOfFeeds) {
    EXPECT_EQ(parse_time("1970-01-02"), 86'400'000);
    EXPECT_EQ(parse_time("2024-03-11T05:20:56.476279Z"), 1'710'134'456'476);
    EXPECT_EQ(parse_time("2024-03-11 05:20:56"), 1'710'134'456'000);
    EXPECT_EQ(parse_time("2024-03-11T05:20:56+02:00"), 1'710'134'456'000 - 7'200'000);
    EXPECT_EQ(parse_time("2016-05-26 16:59:00 UTC"), 1'464'281'940'000);
    EXPECT_EQ(parse_time("1710134456"), 1'710'134'456'000);
    for (const auto* bad : {"", "0001-01-01T00:00:00Z", "2024-13-01", "2024-02-30", "2024-1-1", "yesterday",
                            "99999999999999", "2024-01-01T25:00:00Z"})
        EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
}

TEST(Names, PutsEcosystemsIntoStreams) {
    const auto stream = [](std::string_view text) {
        const auto found = stream_of_osv(text);
        return found ? found->ecosystem + "|" + found->release : "none";
    };
    EXPECT_EQ(stream("Debian:12"), "Debian|12");
    EXPECT_EQ(stream("Alpine:v3.18"), "Alpine|3.18");
    EXPECT_EQ(stream("Ubuntu:22.04:LTS"), "Ubuntu|22.04");
    EXPECT_EQ(stream("Ubuntu:24.10"), "Ubuntu|24.10");
    EXPECT_EQ(stream("Ubuntu:Pro:18.04:LTS"), "Ubuntu Pro|18.04");
    EXPECT_EQ(stream("Ubuntu:Pro:FIPS-updates:20.04:LTS"), "Ubuntu Pro FIPS-updates|20.04");
    EXPECT_EQ(stream("Rocky Linux:9"), "Rocky Linux|9");
    EXPECT_EQ(stream("AlmaLinux:8"), "AlmaLinux|8");
    EXPECT_EQ(stream("Red Hat:enterprise_linux:9::baseos"), "Red Hat|9");
    EXPECT_EQ(stream("Red Hat:enterprise_linux:10.1"), "Red Hat|10");
    EXPECT_EQ(stream("Red Hat:rhel_eus:9.0::baseos"), "none");
    EXPECT_EQ(stream("SUSE:Linux Enterprise Server 15 SP5"), "SUSE|15.5");
    EXPECT_EQ(stream("SUSE:Linux Enterprise Module for Basesystem 15 SP5"), "SUSE|15.5");
    EXPECT_EQ(stream("SUSE:Linux Enterprise Server 15 SP1-LTSS"), "none");
    EXPECT_EQ(stream("openSUSE:Leap 15.6"), "openSUSE|15.6");
    EXPECT_EQ(stream("Maven:https://repo.example.org"), "Maven|");
    EXPECT_EQ(stream("Wolfi"), "Wolfi|");
    EXPECT_EQ(stream("Android"), "none");
    EXPECT_EQ(stream(""), "none");
}

TEST(Names, ComparesPackagesAsEcosystemsDo) {
    EXPECT_EQ(normalised_name("PyPI", "Zope._-Interface"), "zope-interface");
    EXPECT_EQ(normalised_name("npm", "@Scope/Name"), "@Scope/Name");
    EXPECT_EQ(normalised_name("NuGet", "Newtonsoft.Json"), "newtonsoft.json");
    EXPECT_EQ(cve_in_name("UBUNTU-CVE-2024-1"), "CVE-2024-1");
    EXPECT_EQ(cve_in_name("GHSA-1"), "");
}

TEST(Recognise, KnowsFeedsByTheirContent) {
    const std::pair<const char*, FeedKind> samples[] = {
        {"debian-cve.jsonl", FeedKind::osv},
        {"ubuntu-osv.json", FeedKind::osv},
        {"debian-tracker.json", FeedKind::debian_tracker},
        {"alpine-v3.18-main.json", FeedKind::alpine_secdb},
        {"ubuntu-tracker.jsonl", FeedKind::ubuntu_tracker},
        {"al2023.facts.jsonl", FeedKind::amazon_facts},
        {"rhel-vex-cve-2023-38545.json", FeedKind::csaf_vex},
        {"kev.json", FeedKind::kev},
    };
    for (const auto& [name, kind] : samples) {
        const auto text = testing::read_sample(name);
        EXPECT_EQ(recognise_feed(text), kind) << name;
        // However little of it there is to see.
        EXPECT_EQ(recognise_feed(std::string_view(text).substr(0, 4096)), kind) << name;
    }
    EXPECT_EQ(recognise_feed("<?xml version='1.0'?><updates>"), FeedKind::updateinfo);
    EXPECT_EQ(recognise_feed("[ {\"affected\":[], \"id\":\"x\"}"), FeedKind::osv);
    EXPECT_EQ(recognise_feed("{\"resultsPerPage\":1}"), FeedKind::nvd);
    for (const auto* other : {"", "{}", "[]", "<html>", "hello", "{\"a\":{\"b\":1}}", "\"", "{\"id\":1}"})
        EXPECT_EQ(recognise_feed(other), std::nullopt) << other;
}

TEST(RecordLimits, CutsProseAndRefusesTheRest) {
    Record record;
    record.vulnerability.id = "CVE-1-1";
    record.vulnerability.details = std::string(limits::details_bytes - 1, 'x') + "\xc3\xa9\xc3\xa9";
    record.advice.push_back({.stream = {.ecosystem = "npm", .release = {}}, .package = "a", .affected = {}});
    EXPECT_EQ(tidy(record), "");
    EXPECT_EQ(record.vulnerability.details, std::string(limits::details_bytes - 1, 'x'));
    auto many = record;
    many.advice.front().affected.ranges.resize(limits::ranges + 1);
    EXPECT_EQ(tidy(many), "too many ranges");
    auto odd = record;
    odd.advice.front().package = "a\nb";
    EXPECT_EQ(tidy(odd), "a bad package name");
    odd = record;
    odd.advice.front().affected.versions = {std::string(limits::version_bytes + 1, '1')};
    EXPECT_EQ(tidy(odd), "a bad version");
    odd = record;
    odd.vulnerability.id.clear();
    EXPECT_EQ(tidy(odd), "a bad name");
    Enrichment enrichment{.cve = "CVE-1-1", .known_exploited = false, .epss = 1.5, .scores = {}};
    EXPECT_EQ(tidy(enrichment), "not a probability");
}

Advice of_ecosystem(const char* ecosystem, std::vector<Range> ranges) {
    Advice advice{.stream = {.ecosystem = ecosystem, .release = {}}, .package = "p", .affected = {}};
    advice.affected.ranges = std::move(ranges);
    return advice;
}

// Bounds of GHSA-j5hq-6frc-64v3, GHSA-vwh5-78jc-hpjx, GHSA-76rh-xv36-9mrc, GHSA-jqqh-999x-w26w, GHSA-pj65-3pf6-c5q4.
TEST(Bounds, ThatAreNoVersionsAreReadByTheirNumbers) {
    std::vector advice{
        of_ecosystem("Packagist", {{.introduced = {}, .fixed = "2.1.0-dev1", .last_affected = {}}}),
        of_ecosystem("Packagist", {{.introduced = "1.3.0r1", .fixed = {}, .last_affected = "3.20-test2"}}),
        of_ecosystem("PyPI", {{.introduced = "0.7.6", .fixed = "0.7.11p3", .last_affected = {}},
                              {.introduced = "0.8", .fixed = "0.8.3ubuntu7.5", .last_affected = {}}}),
    };
    EXPECT_TRUE(mend_bounds(advice).empty());
    EXPECT_EQ(advice[0].affected.ranges[0].fixed, "2.1.0");
    EXPECT_EQ(advice[1].affected.ranges[0].introduced, "1.3.0");
    EXPECT_EQ(advice[1].affected.ranges[0].last_affected, "3.20");
    EXPECT_EQ(advice[2].affected.ranges[0].fixed, "0.7.11");
    EXPECT_EQ(advice[2].affected.ranges[1].fixed, "0.8.3");
}

TEST(Bounds, ThatCanBeReadStay) {
    const std::vector before{
        of_ecosystem("Packagist", {{.introduced = "1.0-beta2", .fixed = "2019-09-12", .last_affected = {}}}),
        of_ecosystem("npm", {{.introduced = {}, .fixed = "1.89", .last_affected = {}},
                             {.introduced = "2.0.0-rc.1", .fixed = {}, .last_affected = {}}}),
        of_ecosystem("PyPI", {{.introduced = {}, .fixed = "0", .last_affected = {}}}),
        of_ecosystem("Debian", {{.introduced = {}, .fixed = "?!", .last_affected = {}}}),
    };
    auto after = before;
    EXPECT_TRUE(mend_bounds(after).empty());
    EXPECT_EQ(after, before);
}

TEST(Bounds, ThatSayNothingGoAndAreNamed) {
    std::vector advice{
        of_ecosystem("PyPI", {{.introduced = {}, .fixed = "2019-09-12", .last_affected = {}}}),
        of_ecosystem("PyPI", {{.introduced = {}, .fixed = "soon", .last_affected = {}},
                              {.introduced = {}, .fixed = "1.0", .last_affected = {}}}),
    };
    EXPECT_EQ(mend_bounds(advice),
              (std::vector<std::string>{"p: 2019-09-12 is no version of PyPI", "p: soon is no version of PyPI"}));
    ASSERT_EQ(advice.size(), 1);
    EXPECT_EQ(advice[0].affected.ranges, (std::vector<Range>{{.introduced = {}, .fixed = "1.0", .last_affected = {}}}));
}

}  // namespace
}  // namespace berth::vulndb
