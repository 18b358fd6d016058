#include "archive/unpack.hpp"
#include "inventory/rpm_databases.hpp"
#include "testing/archives.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

// The databases were made by rpm, libdb and a writer of ndb (testdata/rpm/make-fixtures), and rpm-qa.txt is what rpm
// says of them.
namespace berth::inventory {
namespace {

using Bytes = std::vector<std::byte>;

std::string file(const std::string& name) {
    std::ifstream stream(std::string(BERTH_TESTDATA "/rpm/") + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}
Bytes fixture(const std::string& name) {
    return archive::inflate_all(testing::as_bytes(file(name + ".gz")), archive::Wrapping::gzip, 1U << 24U).value();
}

Result<FileFacts> sqlite_facts(Bytes image, const Bytes& log = {}) {
    return rpm_facts(image.size() + log.size(), [&](const auto& sink) { return read_rpm_sqlite(image, log, sink); });
}
Result<FileFacts> ndb_facts(const Bytes& bytes) {
    return rpm_facts(bytes.size(), [&](const auto& sink) { return read_rpm_ndb(bytes, sink); });
}
Result<FileFacts> berkeley_facts(const Bytes& bytes) {
    return rpm_facts(bytes.size(), [&](const auto& sink) { return read_rpm_berkeley(bytes, sink); });
}

// As rpm-qa.txt has it, but for the keys.
std::vector<std::string> listing(const FileFacts& facts) {
    std::vector<std::string> lines;
    for (const auto& p : facts.packages) lines.push_back(p.name + '\t' + p.version + '\t' + p.arch);
    std::ranges::sort(lines);
    return lines;
}
std::vector<std::string> rpm_listing() {
    std::vector<std::string> lines;
    std::istringstream text(file("rpm-qa.txt"));
    for (std::string line; std::getline(text, line);) {
        if (!line.starts_with("gpg-pubkey\t")) lines.push_back(line.substr(0, line.rfind('\t')));
    }
    std::ranges::sort(lines);
    return lines;
}
const Package& named(const FileFacts& facts, std::string_view name) {
    return *std::ranges::find(facts.packages, name, &Package::name);
}

TEST(Rpm, ReadsWhatRpmReadsInEveryContainer) {
    ASSERT_EQ(rpm_listing().size(), 6U);
    for (const auto& facts : {sqlite_facts(fixture("rpmdb.sqlite")), ndb_facts(fixture("Packages.db")),
                              berkeley_facts(fixture("Packages"))}) {
        ASSERT_TRUE(facts) << facts.error().message;
        EXPECT_EQ(listing(*facts), rpm_listing());
        EXPECT_TRUE(facts->problems.empty());
    }
}

TEST(Rpm, TellsEverythingAboutAPackage) {
    const auto facts = sqlite_facts(fixture("rpmdb.sqlite")).value();
    const auto& libs = named(facts, "openssl-libs");
    EXPECT_EQ(libs.version, "1:3.0.7-24.el9");
    EXPECT_EQ(libs.source_name, "openssl");
    EXPECT_EQ(libs.source_version, "1:3.0.7-24.el9");
    EXPECT_EQ(libs.vendor, "Berth");
    EXPECT_EQ(libs.licences, std::vector<std::string>{"ASL 2.0"});
    EXPECT_EQ(named(facts, "nodejs").module_label, "nodejs:18");
    EXPECT_EQ(named(facts, "bash").module_label, "");
    const auto bash = std::ranges::find(facts.owned, "bash", &OwnedFiles::package);
    ASSERT_NE(bash, facts.owned.end());
    EXPECT_EQ(bash->paths, std::vector<std::string>{"usr/bin/bash"});
}

TEST(Rpm, PutsTheLogIntoTheDatabase) {
    const auto image = fixture("wal.sqlite");
    const auto log = fixture("wal.sqlite-wal");
    EXPECT_EQ(listing(sqlite_facts(image).value()).size() + 1, rpm_listing().size());
    EXPECT_EQ(listing(sqlite_facts(image, log).value()), rpm_listing());
    // A log that is cut loses what is not whole, and nothing else.
    const Bytes half(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(log.size() / 2));
    EXPECT_LE(listing(sqlite_facts(image, half).value()).size(), rpm_listing().size());
    auto wrong = log;
    wrong[40] ^= std::byte{1};
    EXPECT_EQ(listing(sqlite_facts(image, wrong).value()).size() + 1, rpm_listing().size());
}

TEST(Rpm, RunsNoProgramOfASchema) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(":memory:", &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database,
                           "CREATE VIEW Packages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                           "SELECT i AS hnum, zeroblob(100) AS blob FROM n",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_int64 size = 0;
    auto* raw = sqlite3_serialize(database, "main", &size, 0);
    const auto* start = reinterpret_cast<std::byte*>(raw);
    const auto result = sqlite_facts(Bytes(start, start + size));
    sqlite3_free(raw);
    sqlite3_close(database);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "has no table of packages");
}

TEST(Rpm, NeverCrashesOnDamage) {
    const std::vector<Bytes> good = {fixture("rpmdb.sqlite"), fixture("Packages.db"), fixture("Packages")};
    EXPECT_TRUE(rc::check([&](std::uint32_t at, std::uint8_t value, std::uint32_t cut) {
        for (std::size_t kind = 0; kind < good.size(); ++kind) {
            auto bytes = good[kind];
            bytes[at % bytes.size()] = std::byte{value};
            bytes[at % std::min<std::size_t>(bytes.size(), 128)] = std::byte{value};
            if (cut % 4 == 0) bytes.resize(cut % bytes.size());
            const auto facts = kind == 0 ? sqlite_facts(bytes) : kind == 1 ? ndb_facts(bytes) : berkeley_facts(bytes);
            if (facts) RC_ASSERT(facts->packages.size() < 100U);
        }
    }));
}

// What was read before the cut is kept, and that there was one is said.
TEST(Rpm, NoticesAFileThatIsCutOff) {
    for (const bool berkeley : {false, true}) {
        const auto whole = fixture(berkeley ? "Packages" : "Packages.db");
        for (std::size_t page = 1; page * 4096 < whole.size(); ++page) {
            const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(page * 4096));
            const auto facts = berkeley ? berkeley_facts(cut) : ndb_facts(cut);
            EXPECT_TRUE(!facts || !facts->problems.empty()) << berkeley << ' ' << page;
        }
    }
}

TEST(Rpm, CutsOffPagesThatGoInCircles) {
    auto bytes = fixture("Packages");
    const auto put = [&](std::size_t at, std::size_t value) {
        for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
    };
    // Every overflow page of 4096 bytes is followed by itself, and every package is 256 MiB long.
    for (std::size_t start = 4096; start + 4096 <= bytes.size(); start += 4096) {
        if (bytes[start + 25] == std::byte{7}) put(start + 16, start / 4096);
        if (bytes[start + 25] != std::byte{2} && bytes[start + 25] != std::byte{13}) continue;
        for (std::size_t item = 0; item < std::to_integer<std::size_t>(bytes[start + 20]); ++item) {
            const auto place = start + std::to_integer<std::size_t>(bytes[start + 26 + item * 2]) +
                               256 * std::to_integer<std::size_t>(bytes[start + 27 + item * 2]);
            if (bytes[place] == std::byte{3}) put(place + 8, std::size_t{256} << 20U);
        }
    }
    const auto facts = berkeley_facts(bytes);
    ASSERT_FALSE(facts);
    EXPECT_EQ(facts.error().message, "is a broken Berkeley database: its pages go round in circles");
}

TEST(Rpm, RefusesSlotsThatShareABlob) {
    auto bytes = fixture("Packages.db");
    for (std::size_t slot = 33; slot < 256; ++slot) {
        std::copy_n(bytes.begin() + 32, 16, bytes.begin() + static_cast<std::ptrdiff_t>(slot * 16));
    }
    const auto facts = ndb_facts(bytes).value();
    EXPECT_EQ(facts.problems, std::vector<std::string>{"holds more than its own size"});
}

TEST(Rpm, ReadsTheManifestOfAzureLinux) {
    const auto facts = parse_rpm_manifest(
        "glibc\t2.35-3.cm2\t1\t2\tMicrosoft Corporation\t(none)\t10\tx86_64\t0\tglibc-2.35-3.cm2.src.rpm\n"
        "shadow\t4.9-1\t1\t2\tMicrosoft Corporation\t2\t10\tx86_64\t2\tshadow-utils-4.9-1.src.rpm\nnot one\n");
    ASSERT_TRUE(facts);
    ASSERT_EQ(facts->packages.size(), 2U);
    EXPECT_EQ(facts->packages[0].version, "2.35-3.cm2");
    EXPECT_EQ(facts->packages[1].version, "2:4.9-1");
    EXPECT_EQ(facts->packages[1].source_name, "shadow-utils");
    EXPECT_EQ(facts->problems, std::vector<std::string>{"a line that names no package"});
}

}  // namespace
}  // namespace berth::inventory
