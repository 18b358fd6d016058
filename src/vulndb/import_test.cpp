// From files to answers: what a database says after imports, whatever the way to it was.
#include "vulndb/import.hpp"

#include "testing/archives.hpp"
#include "testing/folder.hpp"
#include "testing/manual_clock.hpp"
#include "vulndb/sqlite_database.hpp"
#include "vulndb/test_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>

namespace berth::vulndb {
namespace {

namespace fs = std::filesystem;

constexpr const char* all_samples[] = {
    "debian-cve.jsonl",
    "debian-dsa.jsonl",
    "npm.jsonl",
    "pypi.jsonl",
    "maven.jsonl",
    "rubygems.jsonl",
    "nuget.jsonl",
    "packagist.jsonl",
    "go.jsonl",
    "almalinux.jsonl",
    "rocky.jsonl",
    "ubuntu-osv.json",
    "crates.jsonl",
    "kev.json",
    "debian-tracker.json",
    "alpine-v3.18-main.json",
    "al2023.facts.jsonl",
    "ubuntu-tracker.jsonl",
    "rhel-vex-cve-2023-38545.json",
};

class Import : public ::testing::Test {
protected:
    // A file with this text; returns it as a feed of that name.
    FeedFile feed(const std::string& name, std::string_view text) {
        const auto file = folder_.path() / (name + ".feed");
        std::ofstream(file, std::ios::binary) << text;
        return {.file = file, .name = name};
    }
    ImportReport import(const std::vector<FeedFile>& files, const std::string& db = "db") {
        auto report = import_feeds(folder_.path() / db, files, clock_);
        if (!report) throw std::runtime_error(report.error().message);
        return *std::move(report);
    }
    Fault refuse(const std::vector<FeedFile>& files) {
        const auto report = import_feeds(folder_.path() / "db", files, clock_);
        if (report) throw std::runtime_error("imported");
        return report.error();
    }
    std::unique_ptr<SqliteDatabase> open(const std::string& db = "db") {
        auto database = SqliteDatabase::open(database_file(folder_.path() / db));
        if (!database) throw std::runtime_error(database.error().message);
        return *std::move(database);
    }
    static std::string read_file(const fs::path& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static std::vector<FeedFile> samples() {
        std::vector<FeedFile> files;
        for (const auto* name : all_samples) files.push_back({.file = testing::sample(name), .name = {}});
        return files;
    }

    berth::testing::Folder folder_;
    berth::testing::ManualClock clock_;
};

std::string osv(const std::string& id, const std::string& package, const std::string& fixed,
                const std::string& more = {}) {
    return R"({"id":")" + id + R"(","modified":"2024-01-01T00:00:00Z",)" + more +
           R"("affected":[{"package":{"ecosystem":"Debian:12","name":")" + package +
           R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":")" + fixed + R"("}]}]}]})" + "\n";
}

const Stream bookworm{.ecosystem = "Debian", .release = "12"};

TEST_F(Import, AnswersWhatTheSamplesSay) {
    const auto report = import(samples());
    EXPECT_TRUE(report.changed);
    EXPECT_EQ(report.feeds.size(), std::size(all_samples));
    const auto database = open();
    EXPECT_EQ(database->freshness().generation, report.generation);
    EXPECT_TRUE(database->covers(bookworm));
    EXPECT_FALSE(database->covers({.ecosystem = "Debian", .release = "7"}));
    const auto lodash = *database->find({.ecosystem = "npm", .release = {}}, "lodash");
    ASSERT_FALSE(lodash.empty());
    EXPECT_TRUE(std::ranges::is_sorted(lodash, {}, &Affected::vulnerability));
    for (const auto& affected : lodash) EXPECT_EQ(database->vulnerability(affected.vulnerability)->source, "GITHUB");
    EXPECT_TRUE(database->find({.ecosystem = "npm", .release = {}}, "lodas")->empty());
    EXPECT_TRUE(database->find({.ecosystem = "nothing", .release = {}}, "lodash")->empty());
    EXPECT_THROW(static_cast<void>(database->vulnerability(1'000'000)), std::out_of_range);
}

TEST_F(Import, FindsNamesAsTheEcosystemComparesThem) {
    import(samples());
    const auto database = open();
    EXPECT_FALSE(database->find({.ecosystem = "NuGet", .release = {}}, "newtonsoft.json")->empty());
    EXPECT_FALSE(database->find({.ecosystem = "NuGet", .release = {}}, "Newtonsoft.Json")->empty());
    EXPECT_FALSE(database->find({.ecosystem = "PyPI", .release = {}}, "Requests")->empty());
}

TEST_F(Import, TheSameAgainChangesNothing) {
    const auto first = import(samples());
    const auto before = fs::last_write_time(database_file(folder_.path() / "db"));
    clock_.advance(std::chrono::hours(1));
    const auto again = import(samples());
    EXPECT_FALSE(again.changed);
    EXPECT_EQ(again.generation, first.generation);
    EXPECT_EQ(fs::last_write_time(database_file(folder_.path() / "db")), before);
}

TEST_F(Import, NeitherOrderNorWayMatters) {
    const auto together = import(samples()).generation;
    std::mt19937 random(7);
    for (int round = 0; round < 3; ++round) {
        auto files = samples();
        std::ranges::shuffle(files, random);
        const auto db = "round" + std::to_string(round);
        std::string last;
        // In batches of their own, so that most feeds are kept from the generation before.
        for (std::size_t at = 0; at < files.size(); at += 7)
            last = import({files.begin() + static_cast<std::ptrdiff_t>(at),
                           files.begin() + static_cast<std::ptrdiff_t>(std::min(at + 7, files.size()))},
                          db)
                       .generation;
        EXPECT_EQ(last, together);
        const auto changed = SqliteDatabase::changed_packages(*open(), *open(db));
        EXPECT_TRUE(changed.empty()) << changed.size();
    }
}

TEST_F(Import, AFeedReplacesTheOneOfItsNameAndKeepsTheOthers) {
    import({feed("a", osv("CVE-1-1", "curl", "1")), feed("b", osv("CVE-1-2", "zlib", "2"))});
    import({feed("a", osv("CVE-1-3", "bash", "3"))});
    const auto database = open();
    EXPECT_TRUE(database->find(bookworm, "curl")->empty());
    EXPECT_EQ(database->find(bookworm, "bash")->size(), 1U);
    ASSERT_EQ(database->find(bookworm, "zlib")->size(), 1U);
    EXPECT_EQ(database->vulnerability(database->find(bookworm, "zlib")->at(0).vulnerability)->id, "CVE-1-2");
    EXPECT_EQ(database->feeds().size(), 2U);
}

TEST_F(Import, AReaderStaysOnItsGeneration) {
    import({feed("a", osv("CVE-1-1", "curl", "1"))});
    const auto before = open();
    import({feed("a", osv("CVE-1-1", "curl", "2"))});
    import({feed("a", osv("CVE-1-1", "curl", "3"))});
    EXPECT_EQ(before->find(bookworm, "curl")->at(0).ranges.at(0).fixed, "1");
    EXPECT_EQ(open()->find(bookworm, "curl")->at(0).ranges.at(0).fixed, "3");
}

TEST_F(Import, TellsWhichPackagesChanged) {
    import({feed("a", osv("CVE-1-1", "curl", "1") + osv("CVE-1-2", "zlib", "1") + osv("CVE-1-3", "gone", "1")),
            feed("k", R"({"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-9-9"}]})")});
    const auto before = open();
    import({feed("a", osv("CVE-0-0", "new", "1") + osv("CVE-1-1", "curl", "2") +
                          osv("CVE-1-2", "zlib", "1", R"("details":"other words",)"))});
    EXPECT_EQ(SqliteDatabase::changed_packages(*before, *open()),
              (std::vector<ChangedPackage>{{.stream = bookworm, .package = "curl"},
                                           {.stream = bookworm, .package = "gone"},
                                           {.stream = bookworm, .package = "new"}}));
    // What others know of a CVE can change its findings as well.
    const auto between = open();
    import({feed("k", R"({"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-1-2"}]})")});
    EXPECT_EQ(SqliteDatabase::changed_packages(*between, *open()),
              (std::vector<ChangedPackage>{{.stream = bookworm, .package = "zlib"}}));
    // The one before is kept for this.
    const auto previous = SqliteDatabase::open(previous_database_file(folder_.path() / "db"));
    ASSERT_TRUE(previous);
    EXPECT_EQ((*previous)->freshness().generation, between->freshness().generation);
}

constexpr std::int64_t day = 86'400'000;

std::string npm(const std::string& id, const std::string& modified) {
    return R"({"id":")" + id + R"(","modified":")" + modified +
           R"(","affected":[{"package":{"ecosystem":"npm","name":"left"},"versions":["1.0.0"]}]})" + "\n";
}

// A newer feed of others makes no stream fresher, whether it came in another file or in the same one.
TEST_F(Import, KnowsUpToWhenEachStreamIsKnown) {
    const Stream left{.ecosystem = "npm", .release = {}};
    const Stream bullseye{.ecosystem = "Debian", .release = "11"};
    const Stream alpine{.ecosystem = "Alpine", .release = "3.18"};
    auto older = osv("CVE-1-1", "curl", "1", R"("published":"2023-01-01T00:00:00Z",)");
    older.replace(older.find("Debian:12"), 9, "Debian:11");
    older.replace(older.find("2024-01-01"), 10, "2023-01-01");
    const auto mixed = feed("mixed", older + osv("CVE-1-2", "curl", "1") + npm("GHSA-1", "2024-03-01T00:00:00Z"));
    const auto secdb = feed("secdb", R"({"urlprefix":"x","distroversion":"v3.18","packages":[{"pkg":)"
                                     R"({"name":"curl","secfixes":{"1-r0":["CVE-1-1"]}}}]})");
    import({mixed, secdb});
    const auto first_of_2024 = open()->newest_record_at(bookworm).value();
    EXPECT_EQ(first_of_2024, std::int64_t{19'723} * day);
    // One feed tells of both releases, so nothing newer is known of either.
    EXPECT_EQ(open()->newest_record_at(bullseye), first_of_2024);
    EXPECT_EQ(open()->newest_record_at(left), first_of_2024 + 60 * day);
    EXPECT_FALSE(open()->newest_record_at(alpine));
    EXPECT_FALSE(open()->newest_record_at({.ecosystem = "Go", .release = {}}));
    // A kept feed keeps its dates.
    import({feed("late", npm("GHSA-2", "2024-05-01T00:00:00Z"))});
    const auto database = open();
    EXPECT_EQ(database->newest_record_at(bookworm), first_of_2024);
    EXPECT_EQ(database->newest_record_at(left), first_of_2024 + 121 * day);
    EXPECT_EQ(database->freshness().newest_record_at, first_of_2024 + 121 * day);
    EXPECT_EQ(known_until(*database, {bookworm, left, alpine}), first_of_2024);
    EXPECT_EQ(known_until(*database, {left}), first_of_2024 + 121 * day);
    EXPECT_FALSE(known_until(*database, {alpine}));
}

TEST_F(Import, TheTrackerAndOsvDoNotDouble) {
    const auto tracker = feed("tracker", R"({"curl":{"CVE-1-1":{"description":"x","releases":{"bookworm":)"
                                         R"({"status":"open","nodsa":"Minor","nodsa_reason":"ignored"}}}}})");
    const auto converted =
        feed("osv", osv("DEBIAN-CVE-1-1", "curl", "9", R"("severity":[{"type":"CVSS_V3","score":"CVSS:3.1/X"}],)") +
                        osv("CVE-1-2", "curl", "1"));
    import({tracker, converted});
    const auto database = open();
    const auto found = *database->find(bookworm, "curl");
    ASSERT_EQ(found.size(), 2U);
    const auto own = std::ranges::find(found, FixState::will_not_fix, &Affected::state);
    ASSERT_NE(own, found.end());
    const auto vulnerability = *database->vulnerability(own->vulnerability);
    EXPECT_EQ(vulnerability.id, "CVE-1-1");
    // The vector that only OSV has is lent.
    EXPECT_EQ(vulnerability.scores, (std::vector<Score>{{.vector = "CVSS:3.1/X", .source = "NVD"}}));
    // Hidden, not lost: without the tracker's word OSV's is heard again.
    import({feed("tracker", R"({"zlib":{"CVE-1-1":{"releases":{"sid":{"status":"open"}}}}})")});
    EXPECT_EQ(open()->find(bookworm, "curl")->size(), 2U);
    EXPECT_EQ(open()->find(bookworm, "curl")->at(0).ranges.at(0).fixed, "9");
}

TEST_F(Import, AddsExploitsProbabilitiesAndScoresByName) {
    import({feed("a", osv("CVE-1-1", "curl", "1") + osv("GHSA-x", "zlib", "1", R"("aliases":["CVE-1-2"],)")),
            feed("kev", R"({"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-1-1"}]})"),
            feed("epss", "#model_version:1\ncve,epss,percentile\nCVE-1-2,0.25,0.5\n"),
            feed("nvd", R"({"resultsPerPage":1,"vulnerabilities":[{"cve":{"id":"CVE-1-1","metrics":{"cvssMetricV31":)"
                        R"([{"source":"nvd@nist.gov","cvssData":{"vectorString":"CVSS:3.1/Z"}}]}}}]})")});
    const auto database = open();
    const auto curl = *database->vulnerability(database->find(bookworm, "curl")->at(0).vulnerability);
    EXPECT_TRUE(curl.known_exploited);
    EXPECT_EQ(curl.scores.at(0).vector, "CVSS:3.1/Z");
    EXPECT_FALSE(curl.epss);
    const auto zlib = *database->vulnerability(database->find(bookworm, "zlib")->at(0).vulnerability);
    EXPECT_FALSE(zlib.known_exploited);
    EXPECT_EQ(zlib.epss, 0.25);
}

TEST_F(Import, RecordsOfOneNameUnite) {
    const auto report =
        import({feed("a", osv("CVE-1-1", "curl", "1") + osv("CVE-1-1", "zlib", "2") + osv("CVE-1-1", "curl", "3"))});
    EXPECT_EQ(report.feeds.at(0).feed.counts.records, 1U);
    EXPECT_EQ(report.feeds.at(0).feed.counts.skipped, 1U);
    const auto database = open();
    EXPECT_EQ(database->find(bookworm, "curl")->size(), 1U);
    EXPECT_EQ(database->find(bookworm, "curl")->at(0).ranges.at(0).fixed, "1");
    EXPECT_EQ(database->find(bookworm, "zlib")->size(), 1U);
}

TEST_F(Import, ABundleCarriesEverythingElsewhere) {
    const auto here = import(samples()).generation;
    const auto bundle = folder_.path() / "vulndb.bundle.zst";
    ASSERT_TRUE(export_database(folder_.path() / "db", bundle));
    const auto there = import({{.file = bundle, .name = {}}}, "elsewhere");
    EXPECT_EQ(there.generation, here);
    EXPECT_EQ(there.feeds.size(), std::size(all_samples));
    EXPECT_EQ(open("elsewhere")->feeds(), open()->feeds());
}

TEST_F(Import, ADamagedBundleIsRefused) {
    import(samples());
    const auto bundle = folder_.path() / "bundle";
    const auto refused = [&](const std::string& bytes) {
        std::ofstream(bundle, std::ios::binary) << bytes;
        return !import_feeds(folder_.path() / "elsewhere", std::vector<FeedFile>{{.file = bundle, .name = {}}}, clock_);
    };
    ASSERT_TRUE(export_database(folder_.path() / "db", bundle));
    auto packed = read_file(bundle);
    packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 1);
    EXPECT_TRUE(refused(packed));
    auto plain = read_file(database_file(folder_.path() / "db"));
    EXPECT_TRUE(refused(plain.substr(0, plain.size() / 2)));
    std::fill(plain.begin() + 40'960, plain.begin() + 61'440, '\0');
    EXPECT_TRUE(refused(plain));
    EXPECT_FALSE(fs::exists(database_file(folder_.path() / "elsewhere")));
}

// Whole as a database, but with another fix than the one that was exported.
TEST_F(Import, ABundleThatSaysSomethingElseIsRefused) {
    import({feed("a", osv("CVE-1-1", "curl", "1.2.3-4"))});
    auto bytes = read_file(database_file(folder_.path() / "db"));
    const auto bundle = folder_.path() / "bundle";
    const auto import_bundle = [&] {
        std::ofstream(bundle, std::ios::binary) << bytes;
        return import_feeds(folder_.path() / "elsewhere", std::vector<FeedFile>{{.file = bundle, .name = {}}}, clock_);
    };
    ASSERT_TRUE(import_bundle());
    const auto at = bytes.find("1.2.3-4");
    ASSERT_NE(at, std::string::npos);
    bytes.replace(at, 7, "1.2.3-0");
    const auto refused = import_bundle();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("SHA-256"), std::string::npos) << refused.error().message;
}

TEST_F(Import, ABrokenFileLeavesTheDatabaseAsItWas) {
    const auto good = import({feed("a", osv("CVE-1-1", "curl", "1"))}).generation;
    for (const auto& bad :
         {std::string("<html>not found</html>"), std::string(), osv("CVE-1-1", "curl", "1").substr(0, 80),
          std::string("\x1f\x8b\x08 broken"), std::string("PK\x03\x04 broken")})
        EXPECT_EQ(refuse({feed("a", osv("CVE-1-9", "curl", "9")), feed("b", bad)}).message.empty(), false) << bad;
    EXPECT_EQ(open()->freshness().generation, good);
    for (const auto& entry : fs::directory_iterator(folder_.path() / "db"))
        EXPECT_TRUE(entry.path().filename() == "vulndb.sqlite" || entry.path().filename() == "vulndb.lock")
            << entry.path();
}

// One that can be read and says nothing would take a good one's place, and every finding with it.
TEST_F(Import, AFeedWithoutOneUsableRecordIsBroken) {
    const auto good = import({feed("a", osv("CVE-1-1", "curl", "1")), feed("b", osv("CVE-1-2", "zlib", "1"))});
    const std::string bad = R"({"id":"X-1","affected":"oops","modified":"2024-01-01T00:00:00Z"})";
    const auto fault = refuse({feed("a", bad + "\n" + bad)});
    EXPECT_NE(fault.message.find("X-1: a list that is none"), std::string::npos) << fault.message;
    EXPECT_NE(fault.message.find("2 skipped"), std::string::npos) << fault.message;
    EXPECT_EQ(open()->freshness().generation, good.generation);
    const auto report =
        import_feeds(folder_.path() / "db", std::vector{feed("a", bad), feed("b", osv("CVE-1-2", "zlib", "2"))}, clock_,
                     {.progress = {}, .leave_out_broken = true});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report->broken.size(), 1);
    EXPECT_EQ(open()->find(bookworm, "curl")->size(), 1);
    EXPECT_EQ(open()->find(bookworm, "zlib")->at(0).ranges.at(0).fixed, "2");
}

TEST_F(Import, ABoundThatIsNoVersionIsCounted) {
    const auto pypi = [](const std::string& id, const std::string& fixed) {
        return R"({"id":")" + id +
               R"(","modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI",)" +
               R"("name":"steam"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":")" + fixed +
               R"("}]}]}]})" + "\n";
    };
    const auto report = import({feed("a", pypi("PYSEC-1", "2019-09-12") + pypi("PYSEC-2", "0.7.11p3"))}).feeds.at(0);
    EXPECT_EQ(report.feed.counts.records, 1);
    EXPECT_EQ(report.feed.counts.skipped, 1);
    EXPECT_EQ(report.reasons, std::vector<std::string>{"PYSEC-1: steam: 2019-09-12 is no version of PyPI"});
    EXPECT_EQ(open()->find({.ecosystem = "PyPI", .release = {}}, "steam")->at(0).ranges.at(0).fixed, "0.7.11");
}

TEST_F(Import, AFeedOfWithdrawnRecordsIsGood) {
    import({feed("a", osv("CVE-1-1", "curl", "1"))});
    const auto report =
        import({feed("a", osv("CVE-1-1", "curl", "1", R"("withdrawn":"2024-01-02T00:00:00Z",)") + "{}")});
    EXPECT_EQ(report.feeds.at(0).feed.counts.withdrawn, 1);
    EXPECT_TRUE(open()->find(bookworm, "curl")->empty());
}

TEST_F(Import, AFeedThatLostMoreThanHalfIsTold) {
    const auto one = osv("CVE-1-1", "curl", "1");
    const auto first = import({feed("a", one + osv("CVE-1-2", "curl", "1") + osv("CVE-1-3", "curl", "1")),
                               feed("b", osv("CVE-1-4", "zlib", "1") + osv("CVE-1-5", "zlib", "1"))});
    EXPECT_FALSE(first.feeds.at(0).shrunk_from);
    const auto report = import({feed("a", one), feed("b", osv("CVE-1-4", "zlib", "1"))});
    EXPECT_EQ(report.feeds.at(0).shrunk_from, 3);
    EXPECT_FALSE(report.feeds.at(1).shrunk_from);
}

TEST_F(Import, AMarkInFrontOfAFeedIsNoPartOfIt) {
    const std::string mark = "\xef\xbb\xbf";
    EXPECT_EQ(import({feed("a", mark + osv("CVE-1-1", "curl", "1"))}).feeds.at(0).feed.counts.records, 1);
    EXPECT_EQ(import({feed("t", mark + R"({"curl":{"CVE-1-1":{"releases":{"bookworm":{"status":"open"}}}}})")})
                  .feeds.at(0)
                  .feed.counts.records,
              1);
    // Nor of a member of an archive.
    berth::testing::Tar tar;
    tar.file("one.json", mark + osv("CVE-1-1", "curl", "1")).file("two.json", mark + osv("CVE-1-2", "curl", "1"));
    EXPECT_EQ(import({feed("archive", tar.end())}).feeds.at(0).feed.counts.records, 2);
}

TEST_F(Import, BrokenFilesAreLeftOutWhenAskedFor) {
    import({feed("a", osv("CVE-2024-1", "one", "1")), feed("b", osv("CVE-2024-2", "two", "2"))});
    const std::vector files{feed("a", osv("CVE-2024-1", "one", "7")),
                            feed("b", osv("CVE-2024-2", "two", "8") + "{\"id"), feed("c", "<html>moved</html>"),
                            feed("d", osv("CVE-2024-3", "three", "3"))};
    refuse(files);
    const auto report = import_feeds(folder_.path() / "db", files, clock_, {.progress = {}, .leave_out_broken = true});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->changed);
    ASSERT_EQ(report->broken.size(), 2);
    EXPECT_EQ(report->broken[0].name, "b");
    EXPECT_EQ(report->broken[1].name, "c");
    EXPECT_FALSE(report->broken[0].reason.empty());
    ASSERT_EQ(report->feeds.size(), 2);
    // One that the database has stays as it is there; the result is that of the good files alone.
    EXPECT_EQ(open()->find(bookworm, "two")->size(), 1);
    import({feed("a", osv("CVE-2024-1", "one", "1")), feed("b", osv("CVE-2024-2", "two", "2"))}, "other");
    EXPECT_EQ(import({feed("a", osv("CVE-2024-1", "one", "7")), files[3]}, "other").generation, report->generation);
}

TEST_F(Import, NothingButBrokenFilesMakesNoDatabase) {
    const ImportOptions leave_out{.progress = {}, .leave_out_broken = true};
    const std::vector broken{feed("a", "<html>moved</html>")};
    const auto first = import_feeds(folder_.path() / "db", broken, clock_, leave_out);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_TRUE(!first->changed && first->generation.empty() && first->broken.size() == 1);
    EXPECT_FALSE(fs::exists(database_file(folder_.path() / "db")));
    const auto generation = import({feed("a", osv("CVE-2024-1", "one", "1"))}).generation;
    feed("a", "<html>moved</html>");
    const auto again = import_feeds(folder_.path() / "db", broken, clock_, leave_out);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_FALSE(again->changed);
    EXPECT_EQ(again->generation, generation);
}

TEST_F(Import, TwoFilesOfOneNameAreRefused) {
    auto twice = feed("a", osv("CVE-1-1", "curl", "1"));
    EXPECT_NE(refuse({twice, twice}).message.find("another name"), std::string::npos);
}

TEST_F(Import, OpensOnlyItsOwn) {
    const auto file = folder_.path() / "x";
    EXPECT_NE(SqliteDatabase::open(file).error().message.find("berth vulndb update"), std::string::npos);
    std::ofstream(file) << "short";
    EXPECT_NE(SqliteDatabase::open(file).error().message.find("not a database"), std::string::npos);
    import({feed("a", osv("CVE-1-1", "curl", "1"))});
    auto bytes = read_file(database_file(folder_.path() / "db"));
    for (const auto& [version, word] : {std::pair{'\0', "older release"}, std::pair{'\x7f', "newer release"}}) {
        bytes[63] = version;
        std::ofstream(file, std::ios::binary) << bytes;
        EXPECT_NE(SqliteDatabase::open(file).error().message.find(word), std::string::npos);
    }
}

TEST_F(Import, SaysOnceWhatIsWrongWithADatabase) {
    import({feed("a", osv("CVE-1-1", "curl", "1"))});
    auto bytes = read_file(database_file(folder_.path() / "db"));
    std::fill(bytes.begin() + 100, bytes.end(), '\xff');
    const auto file = folder_.path() / "x";
    std::ofstream(file, std::ios::binary) << bytes;
    EXPECT_EQ(SqliteDatabase::open(file).error().message,
              "vulnerability database " + file.string() + ": database disk image is malformed");
}

TEST_F(Import, KeepsWhatWasReadOnlyWhereThereIsRoom) {
    import(samples());
    const auto file = database_file(folder_.path() / "db");
    const Stream npm{.ecosystem = "npm", .release = {}};
    const auto with = SqliteDatabase::open(file, std::size_t{8} << 20).value();
    EXPECT_EQ(with->find(npm, "lodash"), with->find(npm, "lodash"));
    const auto key = with->find(npm, "lodash")->at(0).vulnerability;
    EXPECT_EQ(with->vulnerability(key), with->vulnerability(key));
    const auto without = SqliteDatabase::open(file).value();
    EXPECT_NE(without->find(npm, "lodash"), without->find(npm, "lodash"));
    EXPECT_EQ(*without->find(npm, "lodash"), *with->find(npm, "lodash"));
    EXPECT_EQ(*without->vulnerability(key), *with->vulnerability(key));
}

TEST_F(Import, AnswersManyThreads) {
    import(samples());
    const auto database = open();
    const Stream npm{.ecosystem = "npm", .release = {}};
    const auto expected = *database->find(npm, "lodash");
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round) {
                EXPECT_EQ(*database->find(npm, "lodash"), expected);
                EXPECT_FALSE(database->vulnerability(expected.at(0).vulnerability)->id.empty());
            }
        });
}

TEST_F(Import, NamesFeedsByTheirFiles) {
    EXPECT_EQ(feed_name_of("a/b/debian-cve.jsonl.xz"), "debian-cve");
    EXPECT_EQ(feed_name_of("osv/Debian/all.zip"), "Debian");
    EXPECT_EQ(feed_name_of("v3.18-main.json.xz"), "v3.18-main");
    EXPECT_EQ(feed_name_of("all.zip"), "all");
}

}  // namespace
}  // namespace berth::vulndb
