// The matcher against a database in memory. The traps are those that scanners are known to fall into; each test names
// its.
#include "scan/match.hpp"

#include "scan/basic.hpp"
#include "testing/memory_advisories.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

namespace berth::scan {
namespace {

using inventory::Distribution;
using inventory::Inventory;
using inventory::Package;
using inventory::PackageType;
using vulndb::Affected;
using vulndb::FixState;
using vulndb::Range;
using vulndb::Stream;
using vulndb::Vulnerability;

const Stream debian_12{"Debian", "12"};
const Stream debian_11{"Debian", "11"};
const Distribution bookworm{.id = "debian", .version_id = "12", .codename = "bookworm", .name = "Debian 12"};
const Distribution alma_8{.id = "almalinux", .version_id = "8.9", .codename = {}, .name = "AlmaLinux 8"};
const Stream alma_stream{"AlmaLinux", "8"};

Package deb(const std::string& name, const std::string& version, const std::string& source = "",
            const std::string& source_version = "") {
    Package package;
    package.type = PackageType::deb;
    package.name = name;
    package.version = version;
    package.source_name = source.empty() ? name : source;
    package.source_version = source_version.empty() ? version : source_version;
    package.arch = "amd64";
    package.path = "var/lib/dpkg/status";
    return package;
}

Package rpm(const std::string& name, const std::string& version, const std::string& module_label = "") {
    Package package;
    package.type = PackageType::rpm;
    package.name = name;
    package.version = version;
    package.source_name = "src-" + name;
    package.arch = "x86_64";
    package.module_label = module_label;
    return package;
}

Package language(PackageType type, const std::string& name, const std::string& version) {
    Package package;
    package.type = type;
    package.name = name;
    package.version = version;
    package.path = "app/" + name;
    return package;
}

Range up_to(const std::string& fixed) {
    return {.introduced = "", .fixed = fixed, .last_affected = std::nullopt};
}
const Range for_ever{};

// An image and what is known, and a scan of the one against the other.
class Match : public ::testing::Test {
protected:
    std::int64_t record(const std::string& id, std::vector<std::string> aliases = {},
                        std::vector<std::string> related = {}) {
        Vulnerability vulnerability;
        vulnerability.id = id;
        vulnerability.aliases = std::move(aliases);
        vulnerability.related = std::move(related);
        return database_.add_record(std::move(vulnerability));
    }
    void advise(const Stream& stream, const std::string& package, std::int64_t record, std::vector<Range> ranges,
                FixState state = FixState::affected) {
        Affected affected;
        affected.vulnerability = record;
        affected.ranges = std::move(ranges);
        affected.state = state;
        database_.add_advice(stream, package, std::move(affected));
    }
    void image(const Distribution& distribution, std::vector<Package> packages) {
        inventory_.distribution = distribution;
        inventory_.packages = std::move(packages);
    }
    [[nodiscard]] Findings scan(Depth depth = Depth::basic) const {
        return match(inventory_, database_, {.depth = depth, .rank_kernel_headers_last = false, .now = std::nullopt});
    }
    [[nodiscard]] std::vector<std::string> found(Depth depth = Depth::basic) const {
        std::vector<std::string> ids;
        for (const auto& finding : scan(depth).findings) ids.push_back(finding.id);
        return ids;
    }

    testing::MemoryAdvisories database_;
    Inventory inventory_;
};

using Ids = std::vector<std::string>;

// Trap 1: the source's name and version count, each package's own, not the first one's of that source.
TEST_F(Match, ComparesTheVersionOfEachPackagesSource) {
    image(bookworm, {deb("libgcc-s1", "12.2.0-14", "gcc-12", "12.2.0-14"), deb("gcc-old", "99", "gcc-12", "12.2.0-9")});
    advise(debian_12, "gcc-12", record("CVE-2024-1"), {up_to("12.2.0-10")});
    const auto findings = scan().findings;
    ASSERT_EQ(findings.size(), 1U);
    ASSERT_EQ(findings[0].packages.size(), 1U);
    EXPECT_EQ(findings[0].packages[0].name, "gcc-old");
    EXPECT_EQ(findings[0].packages[0].fixed_in, "12.2.0-10");
}

// Trap 3: fixed in one release, open in another: the image's own decides.
TEST_F(Match, PicksTheReleaseOfTheImage) {
    image(bookworm, {deb("curl", "7.88.1-10")});
    const auto both = record("CVE-2024-1");
    advise(debian_12, "curl", both, {up_to("7.88.1-10")});
    advise(debian_11, "curl", both, {for_ever});
    EXPECT_EQ(found(), Ids{});
    inventory_.distribution->version_id = "11";
    EXPECT_EQ(found(), Ids{"CVE-2024-1"});
}

// Trap 4: equal to the fix is fixed.
TEST_F(Match, TakesAnEqualVersionForFixed) {
    advise(debian_12, "curl", record("CVE-2024-1"), {up_to("7.88.1-10+deb12u4")});
    image(bookworm, {deb("curl", "7.88.1-10+deb12u4")});
    EXPECT_EQ(found(), Ids{});
    image(bookworm, {deb("curl", "7.88.1-10+deb12u3")});
    EXPECT_EQ(found(), Ids{"CVE-2024-1"});
}

// Trap 5: a rebuild of the binary (+b1) is not the fix; a backport (~bpo12) is older than what it came from.
TEST_F(Match, DoesNotTakeARebuildForANewerSource) {
    advise(debian_12, "bash", record("CVE-2024-1"), {up_to("5.2.15-2+a1")});
    image(bookworm, {deb("bash", "5.2.15-2+b2", "bash", "5.2.15-2")});
    EXPECT_EQ(found(), Ids{"CVE-2024-1"});
    image(bookworm, {deb("bash", "5.3-1~bpo12+1")});
    advise(debian_12, "bash", record("CVE-2024-2"), {up_to("5.3-1")});
    EXPECT_EQ(found(), Ids{"CVE-2024-2"});
}

// Trap 6: a fix in version 0 says that it never was vulnerable.
TEST_F(Match, ReadsAFixInVersionZeroAsNotAffected) {
    image(bookworm, {deb("curl", "7.88.1-10")});
    advise(debian_12, "curl", record("CVE-2024-1"), {up_to("0")});
    advise(debian_12, "curl", record("CVE-2024-2"), {for_ever}, FixState::not_affected);
    advise(debian_12, "curl", record("CVE-2024-3"), {for_ever}, FixState::undetermined);
    EXPECT_EQ(found(), Ids{});
}

// Trap 7: no epoch is epoch 0.
TEST_F(Match, CountsAMissingEpochAsZero) {
    image(alma_8, {rpm("bind-libs", "32:9.11.36-8.el8"), rpm("openssl", "0:1.1.1k-5.el8")});
    advise(alma_stream, "bind-libs", record("CVE-2024-1"), {up_to("9.11.36-11.el8")});
    advise(alma_stream, "openssl", record("CVE-2024-2"), {up_to("1.1.1k-6.el8")});
    EXPECT_EQ(found(), Ids{"CVE-2024-2"});
}

TEST_F(Match, FindsWhatHasNoFixAndSaysWhy) {
    image(bookworm, {deb("glibc", "2.36-9")});
    advise(debian_12, "glibc", record("CVE-2024-1"), {for_ever});
    advise(debian_12, "glibc", record("CVE-2024-2"), {for_ever}, FixState::will_not_fix);
    advise(debian_12, "glibc", record("CVE-2024-3"), {for_ever}, FixState::deferred);
    advise(debian_12, "glibc", record("CVE-2024-4"), {for_ever}, FixState::end_of_life);
    const auto findings = scan().findings;
    ASSERT_EQ(findings.size(), 4U);
    EXPECT_EQ(findings[0].fix_available, FixAvailable::no);
    EXPECT_EQ(findings[1].packages[0].state, FixState::will_not_fix);
    EXPECT_EQ(findings[2].packages[0].state, FixState::deferred);
    EXPECT_EQ(findings[3].packages[0].state, FixState::end_of_life);
}

// Trap 8: where nobody looks any more, no findings is no good news.
TEST_F(Match, SaysWhenTheSupportOfTheReleaseHasEnded) {
    using namespace std::chrono;
    image(bookworm, {deb("curl", "7.88.1-10")});
    database_.cover(debian_12);
    Options options;
    options.now = sys_days(2028y / June / 30) + 23h;
    EXPECT_EQ(match(inventory_, database_, options).outcome, Outcome::complete);
    options.now = sys_days(2028y / July / 1);
    const auto ended = match(inventory_, database_, options);
    EXPECT_EQ(ended.outcome, Outcome::unsupported_system);
    EXPECT_NE(ended.reason.find("2028-06-30"), std::string::npos);

    advise(debian_12, "curl", record("CVE-2024-1"), {for_ever});
    const auto with_findings = match(inventory_, database_, options);
    EXPECT_EQ(with_findings.outcome, Outcome::complete);
    EXPECT_EQ(with_findings.notes.size(), 1U);
}

// Trap 9: an unknown system, or one without data, must not look clean.
TEST_F(Match, DoesNotCallAnUnknownSystemClean) {
    EXPECT_EQ(scan().outcome, Outcome::unsupported_system);
    const auto outcome_of = [&](const std::string& id, const std::string& version) {
        image({.id = id, .version_id = version, .codename = {}, .name = {}}, {deb("curl", "1")});
        return scan().outcome;
    };
    database_.cover(debian_12);
    EXPECT_EQ(outcome_of("debian", "12"), Outcome::complete);
    EXPECT_EQ(outcome_of("debian", "13"), Outcome::unsupported_system);
    EXPECT_EQ(outcome_of("debian", ""), Outcome::unsupported_system);
    EXPECT_EQ(outcome_of("plan9", "4"), Outcome::unsupported_system);
    image(bookworm, {});
    EXPECT_EQ(scan().outcome, Outcome::unsupported_system);
}

TEST_F(Match, NeverGuessesByLikeness) {
    database_.cover(debian_12);
    for (const auto* id : {"kali", "raspbian", "linuxmint", "devuan"}) {
        image({.id = id, .version_id = "12", .codename = "bookworm", .name = {}}, {deb("curl", "1")});
        EXPECT_EQ(scan().outcome, Outcome::unsupported_system) << id;
    }
    image({.id = "centos", .version_id = "8", .codename = {}, .name = "CentOS Stream 8"}, {rpm("curl", "1-1")});
    database_.cover({"Red Hat", "8"});
    EXPECT_EQ(scan().outcome, Outcome::unsupported_system);
    inventory_.distribution->name = "CentOS Linux 8";
    EXPECT_EQ(scan().outcome, Outcome::complete);
}

// Trap 10: an image from scratch with a Go program: nothing for basic, findings for enhanced.
TEST_F(Match, FindsLanguagePackagesWithoutASystem) {
    inventory_.packages = {language(PackageType::go, "golang.org/x/text", "0.3.0")};
    advise({"Go", ""}, "golang.org/x/text", record("GO-2020-0015", {"CVE-2020-14040"}), {up_to("0.3.3")});
    EXPECT_EQ(scan().outcome, Outcome::unsupported_system);
    const auto enhanced = scan(Depth::enhanced);
    EXPECT_EQ(enhanced.outcome, Outcome::complete);
    ASSERT_EQ(enhanced.findings.size(), 1U);
    EXPECT_EQ(enhanced.findings[0].id, "CVE-2020-14040");
    EXPECT_EQ(enhanced.findings[0].related, Ids{"GO-2020-0015"});
    EXPECT_EQ(enhanced.notes.size(), 1U);
}

// Nothing found is no clean bill where the database has no advisories of the language.
TEST_F(Match, NamesTheEcosystemsThatTheDatabaseHoldsNothingAbout) {
    database_.cover(debian_12);
    image(bookworm,
          {deb("curl", "1"), language(PackageType::npm, "lodash", "4.17.4"),
           language(PackageType::go, "golang.org/x/text", "0.3.0"), language(PackageType::pypi, "requests", "2.19.0")});
    database_.cover({"PyPI", ""});
    const auto enhanced = scan(Depth::enhanced);
    EXPECT_EQ(enhanced.outcome, Outcome::complete);
    EXPECT_TRUE(enhanced.partial);
    ASSERT_EQ(enhanced.notes.size(), 1U);
    EXPECT_EQ(enhanced.notes[0].find("The vulnerability database holds nothing about Go, npm."), 0U);
    EXPECT_FALSE(scan(Depth::basic).partial);
    EXPECT_TRUE(scan(Depth::basic).notes.empty());
}

// What is there and cannot be read is no system that nobody speaks for.
TEST_F(Match, TellsAnUnreadableDatabaseFromAnUnsupportedSystem) {
    database_.cover(debian_12);
    database_.cover({"npm", ""});
    image(bookworm, {});
    inventory_.problems = {"var/lib/dpkg/status: is damaged", "srv/x.jar: no archive"};
    inventory_.gaps = {"var/lib/dpkg/status: is damaged"};
    const auto nothing = scan();
    EXPECT_EQ(nothing.outcome, Outcome::unsupported_system);
    EXPECT_TRUE(nothing.unreadable);
    EXPECT_EQ(nothing.reason,
              "The image has no package database of Debian 12 that could be read: var/lib/dpkg/status: is damaged.");
    inventory_.packages = {language(PackageType::npm, "lodash", "4.17.4")};
    const auto languages = scan(Depth::enhanced);
    EXPECT_EQ(languages.outcome, Outcome::complete);
    EXPECT_TRUE(languages.partial);
    EXPECT_FALSE(languages.unreadable);
    EXPECT_EQ(languages.notes.size(), 3U);
    EXPECT_TRUE(scan(Depth::basic).unreadable);
    inventory_.packages = {deb("curl", "1")};
    const auto some = scan();
    EXPECT_EQ(some.outcome, Outcome::complete);
    EXPECT_TRUE(some.partial);
    inventory_.gaps.clear();
    EXPECT_FALSE(scan().partial);
    inventory_.packages.clear();
    EXPECT_FALSE(scan().unreadable);
}

TEST_F(Match, FailsWhenNothingAtAllCouldBeJudged) {
    database_.cover(debian_12);
    inventory_.packages = {language(PackageType::npm, "lodash", "4.17.4")};
    const auto nothing = scan(Depth::enhanced);
    EXPECT_EQ(nothing.outcome, Outcome::unsupported_system);
    EXPECT_EQ(nothing.reason,
              "The image names no operating system. The vulnerability database holds nothing about npm.");
    EXPECT_TRUE(nothing.wants_advisories);
    EXPECT_FALSE(scan(Depth::basic).wants_advisories) << "no database will name its system";
    database_.cover({"npm", ""});
    const auto judged = scan(Depth::enhanced);
    EXPECT_EQ(judged.outcome, Outcome::complete);
    EXPECT_FALSE(judged.partial);
}

TEST_F(Match, WantsAnotherDatabaseWhereThisOneLacksTheSystem) {
    image(bookworm, {deb("curl", "1")});
    EXPECT_EQ(scan().outcome, Outcome::unsupported_system);
    EXPECT_TRUE(scan().wants_advisories);
    database_.cover(debian_12);
    EXPECT_FALSE(scan().wants_advisories);
    inventory_.packages.clear();
    EXPECT_EQ(scan().outcome, Outcome::unsupported_system);
    EXPECT_FALSE(scan().wants_advisories);
}

// Trap 14: two databases in one image: both count, each with its path.
TEST_F(Match, TellsPackagesOfTwoDatabasesApart) {
    auto inner = deb("curl", "7.88.1-1");
    inner.path = "chroot/var/lib/dpkg/status";
    image(bookworm, {deb("curl", "7.88.1-1"), inner});
    advise(debian_12, "curl", record("CVE-2024-1"), {for_ever});
    const auto findings = scan().findings;
    ASSERT_EQ(findings.size(), 1U);
    ASSERT_EQ(findings[0].packages.size(), 2U);
    EXPECT_EQ(findings[0].packages[0].path, "chroot/var/lib/dpkg/status");
    EXPECT_EQ(basic_findings(findings).size(), 1U);
}

// Trap 15: what only the kernel's headers bring is kept, and ranked last on wish.
TEST_F(Match, RanksKernelHeadersLastOnWish) {
    image(bookworm, {deb("linux-libc-dev", "6.1.1-1", "linux"), deb("curl", "1-1")});
    Affected severe;
    severe.vulnerability = record("CVE-2024-1");
    severe.ranges = {for_ever};
    severe.severity = "high";
    database_.add_advice(debian_12, "linux", severe);
    advise(debian_12, "curl", record("CVE-2024-2"), {for_ever});
    EXPECT_EQ(found(), (Ids{"CVE-2024-1", "CVE-2024-2"}));
    const auto apart =
        match(inventory_, database_, {.depth = {}, .rank_kernel_headers_last = true, .now = {}}).findings;
    ASSERT_EQ(apart.size(), 2U);
    EXPECT_EQ(apart[1].id, "CVE-2024-1");
    EXPECT_TRUE(apart[1].kernel_headers_only);
    EXPECT_FALSE(apart[0].kernel_headers_only);
}

// Trap 16: one flaw under GHSA, PYSEC and CVE is one finding, good where it is good by all.
TEST_F(Match, TellsOneFlawOnceWhateverItsNames) {
    const Stream pypi{"PyPI", ""};
    inventory_.packages = {language(PackageType::pypi, "requests", "2.19.0")};
    advise(pypi, "requests", record("PYSEC-2018-28", {"GHSA-x84v-xcm2-53pg"}), {up_to("2.19.1")});
    advise(pypi, "requests", record("GHSA-x84v-xcm2-53pg", {"CVE-2018-18074"}), {up_to("2.20.0")});
    const auto findings = scan(Depth::enhanced).findings;
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].id, "CVE-2018-18074");
    EXPECT_EQ(findings[0].related, (Ids{"GHSA-x84v-xcm2-53pg", "PYSEC-2018-28"}));
    ASSERT_EQ(findings[0].packages.size(), 1U);
    EXPECT_EQ(findings[0].packages[0].fixed_in, "2.20.0");
}

TEST_F(Match, NamesAFlawWithoutACveByItsGhsa) {
    inventory_.packages = {language(PackageType::npm, "left", "1.0.0")};
    advise({"npm", ""}, "left", record("GHSA-aaaa-bbbb-cccc", {"SNYK-1"}), {for_ever});
    advise({"npm", ""}, "left", record("A-1", {"SNYK-1"}), {for_ever});
    EXPECT_EQ(found(Depth::enhanced), Ids{"GHSA-aaaa-bbbb-cccc"});
}

TEST_F(Match, NeverMakesOneFlawOfTwoCves) {
    inventory_.packages = {language(PackageType::npm, "left", "1.0.0")};
    advise({"npm", ""}, "left", record("GHSA-both", {"CVE-2024-1", "CVE-2024-2"}), {for_ever});
    advise({"npm", ""}, "left", record("CVE-2024-1"), {for_ever});
    advise({"npm", ""}, "left", record("CVE-2024-2"), {for_ever});
    EXPECT_EQ(found(Depth::enhanced), (Ids{"CVE-2024-1", "CVE-2024-2"}));
}

// Trap 18: names as the ecosystem compares them.
TEST_F(Match, ComparesNamesAsTheEcosystemDoes) {
    inventory_.packages = {
        language(PackageType::pypi, "Zope.Interface", "1"),   language(PackageType::npm, "@babel/traverse", "1.0.0"),
        language(PackageType::maven, "org.a:b", "1"),         language(PackageType::go, "example.com/m/v2", "2.0.0"),
        language(PackageType::nuget, "Newtonsoft.Json", "1"), language(PackageType::maven, "b", "1")};
    advise({"PyPI", ""}, "zope-interface", record("CVE-2024-1"), {for_ever});
    advise({"npm", ""}, "@babel/traverse", record("CVE-2024-2"), {for_ever});
    advise({"npm", ""}, "traverse", record("CVE-2024-91"), {for_ever});
    advise({"Maven", ""}, "org.a:b", record("CVE-2024-3"), {for_ever});
    advise({"Maven", ""}, "b", record("CVE-2024-92"), {for_ever});
    advise({"Go", ""}, "example.com/m/v2", record("CVE-2024-4"), {for_ever});
    advise({"Go", ""}, "example.com/m", record("CVE-2024-93"), {for_ever});
    advise({"NuGet", ""}, "newtonsoft.json", record("CVE-2024-5"), {for_ever});
    EXPECT_EQ(found(Depth::enhanced), (Ids{"CVE-2024-1", "CVE-2024-2", "CVE-2024-3", "CVE-2024-4", "CVE-2024-5"}));
}

// What a package of the system brought, as the inventory tells of it.
Package owned(Package language, const Package& owner) {
    language.owned_by = owner.name;
    language.owner_source = owner.source_name;
    language.owner_vendor = owner.vendor;
    return language;
}

// Trap 20: a language package that the distribution installed is the distribution's to judge.
TEST_F(Match, LeavesOutLanguagePackagesThatTheSystemOwns) {
    const auto owner = deb("python3-requests", "2.19.0-1+deb12u9", "requests");
    image(bookworm, {owner, owned(language(PackageType::pypi, "requests", "2.19.0"), owner)});
    advise(debian_12, "requests", record("CVE-2018-18074"), {up_to("2.19.0-1+deb12u1")});
    advise({"PyPI", ""}, "requests", record("GHSA-x84v-xcm2-53pg", {"CVE-2018-18074"}), {up_to("2.20.0")});
    EXPECT_EQ(found(Depth::enhanced), Ids{});
    inventory_.packages[1].owned_by.clear();
    EXPECT_EQ(found(Depth::enhanced), Ids{"CVE-2018-18074"});
    EXPECT_EQ(found(Depth::basic), Ids{});
}

// What somebody else packed for the distribution, the distribution does not mend.
TEST_F(Match, LooksAtLanguagePackagesOfForeignPackages) {
    advise({"npm", ""}, "lodash", record("CVE-2019-10744"), {up_to("4.17.12")});
    const auto lodash = language(PackageType::npm, "lodash", "4.17.4");
    const auto agent = deb("acme-agent", "1.0");
    database_.cover(debian_12);
    image(bookworm, {agent, owned(lodash, agent)});
    EXPECT_EQ(found(Depth::enhanced), Ids{"CVE-2019-10744"});
    // As soon as the distribution's advisories know the owner, they decide; so they are asked.
    const auto lookups = lookups_of(inventory_, Depth::enhanced);
    EXPECT_NE(std::ranges::find(lookups, Lookup{{"npm", ""}, "lodash"}), lookups.end());
    EXPECT_NE(std::ranges::find(lookups, Lookup{debian_12, "acme-agent"}), lookups.end());
    advise(debian_12, "acme-agent", record("CVE-2024-1"), {up_to("0.1")});
    EXPECT_EQ(found(Depth::enhanced), Ids{});

    auto package = rpm("nodejs", "1:18.1-1");
    database_.cover(alma_stream);
    const auto of_vendor = [&](const std::string& vendor) {
        package.vendor = vendor;
        image(alma_8, {package, owned(lodash, package)});
        return found(Depth::enhanced);
    };
    EXPECT_EQ(of_vendor("AlmaLinux"), Ids{});
    EXPECT_EQ(of_vendor("Fedora Project"), Ids{"CVE-2019-10744"});
    EXPECT_EQ(of_vendor(""), Ids{"CVE-2019-10744"});
    // A distribution whose advisories are not there answers for nothing.
    inventory_.packages[1].owner_vendor = "Rocky Enterprise Software Foundation";
    inventory_.distribution->id = "rocky";
    EXPECT_EQ(found(Depth::enhanced), Ids{"CVE-2019-10744"});
}

TEST_F(Match, TakesAlpinesPackagesForItsOwn) {
    advise({"PyPI", ""}, "requests", record("CVE-2018-18074"), {up_to("2.20.0")});
    database_.cover({"Alpine", "3.20"});
    auto owner = deb("py3-requests", "2.19.0-r0");
    owner.type = PackageType::apk;
    image({.id = "alpine", .version_id = "3.20.1", .codename = {}, .name = {}},
          {owner, owned(language(PackageType::pypi, "requests", "2.19.0"), owner)});
    EXPECT_EQ(found(Depth::enhanced), Ids{});
    // The package is gone, its files were left behind.
    inventory_.packages[1].owner_source.clear();
    EXPECT_EQ(found(Depth::enhanced), Ids{"CVE-2018-18074"});
}

// Trap 21: a module's fix speaks of its own stream only.
TEST_F(Match, ComparesModularPackagesWithinTheirStream) {
    const std::string node_18 = "nodejs:18:8080020230814:63b34585";
    image(alma_8, {rpm("nodejs", "1:18.17.1-1.module_el8.8.0+1", node_18)});
    Vulnerability twenty;
    twenty.id = "ALSA-2024:1";
    twenty.related = {"CVE-2024-20"};
    twenty.summary = "Important: nodejs:20 security update";
    advise(alma_stream, "nodejs", database_.add_record(twenty), {up_to("1:20.9.0-1.module_el8.9.0+2")});
    auto eighteen = twenty;
    eighteen.id = "ALSA-2024:2";
    eighteen.related = {"CVE-2024-18"};
    eighteen.summary = "Important: nodejs:18 security update";
    advise(alma_stream, "nodejs", database_.add_record(eighteen), {up_to("1:18.18.2-1.module_el8.9.0+2")});
    advise(alma_stream, "nodejs", record("CVE-2024-99"), {up_to("1:18.19.0-1.el8")});  // not modular
    EXPECT_EQ(found(), Ids{"CVE-2024-18"});
    // Without a label the first number tells.
    inventory_.packages[0].module_label.clear();
    EXPECT_EQ(found(), Ids{"CVE-2024-18"});
}

TEST_F(Match, HoldsALabelOfTheFeedAgainstThePackages) {
    image(alma_8, {rpm("nodejs", "1:18.1-1.module_el8", "nodejs:18:1:c")});
    Affected affected;
    affected.vulnerability = record("CVE-2024-1");
    affected.ranges = {for_ever};
    affected.module_label = "nodejs:20";
    database_.add_advice(alma_stream, "nodejs", affected);
    EXPECT_EQ(found(), Ids{});
    inventory_.packages[0].module_label = "nodejs:20:1:c";
    EXPECT_EQ(found(), Ids{"CVE-2024-1"});
}

// Trap 25: a fix that only subscribers get is no fix for others.
TEST_F(Match, DoesNotPromiseAPaidFix) {
    const Stream jammy{"Ubuntu", "22.04"};
    const Distribution ubuntu{.id = "ubuntu", .version_id = "22.04", .codename = "jammy", .name = "Ubuntu 22.04"};
    image(ubuntu, {deb("jq", "1.6-2.1ubuntu3")});
    advise(jammy, "jq", record("CVE-2024-1"), {up_to("1.6-2.1ubuntu3+esm1")});
    advise({"Ubuntu Pro", "22.04"}, "jq", record("CVE-2024-2"), {up_to("1.6-2.1ubuntu3+esm2")});
    const auto findings = scan().findings;
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].id, "CVE-2024-1");
    EXPECT_EQ(findings[0].fix_available, FixAvailable::no);
    // With the subscription it is one.
    image(ubuntu, {deb("jq", "1.6-2.1ubuntu3+esm0")});
    EXPECT_EQ(scan().findings[0].packages[0].fixed_in, "1.6-2.1ubuntu3+esm1");
}

// Trap 26: extras and live patches are streams of their own.
TEST_F(Match, AsksAmazonsCoreStreamOnly) {
    image({.id = "amzn", .version_id = "2", .codename = {}, .name = "Amazon Linux 2"},
          {rpm("kernel", "4.14.1-1.amzn2")});
    database_.cover({"Amazon Linux", "2"});
    advise({"Amazon Linux", "2:kernel-5.10"}, "kernel", record("CVE-2024-1"), {up_to("5.10.1-1.amzn2")});
    EXPECT_EQ(found(), Ids{});
    EXPECT_EQ(scan().outcome, Outcome::complete);
}

TEST_F(Match, KeepsToTheArchitecturesOfTheAdvice) {
    image(alma_8, {rpm("curl", "1-1")});
    Affected affected;
    affected.vulnerability = record("CVE-2024-1");
    affected.ranges = {for_ever};
    affected.architectures = {"aarch64"};
    database_.add_advice(alma_stream, "curl", affected);
    EXPECT_EQ(found(), Ids{});
    inventory_.packages[0].arch = "noarch";
    EXPECT_EQ(found(), Ids{"CVE-2024-1"});
}

TEST_F(Match, MatchesRpmsByTheBinaryAndAlpineByTheOrigin) {
    image(alma_8, {rpm("curl", "1-1")});
    advise(alma_stream, "src-curl", record("CVE-2024-1"), {for_ever});
    advise(alma_stream, "curl", record("CVE-2024-2"), {for_ever});
    EXPECT_EQ(found(), Ids{"CVE-2024-2"});

    auto apk = deb("libssl3", "3.1.0-r0", "openssl");
    apk.type = PackageType::apk;
    image({.id = "alpine", .version_id = "3.18.4", .codename = {}, .name = "Alpine"}, {apk});
    advise({"Alpine", "3.18"}, "openssl", record("CVE-2024-3"), {up_to("3.1.0-r1")});
    EXPECT_EQ(found(), Ids{"CVE-2024-3"});
}

// An erratum speaks for its flaws, unless they have records of their own beside it.
TEST_F(Match, TellsTheFlawsOfAnErratum) {
    image(alma_8, {rpm("curl", "1-1")});
    advise(alma_stream, "curl", record("ALSA-2024:1", {}, {"CVE-2024-1", "CVE-2024-2", "RHSA-2024:1"}), {up_to("1-2")});
    advise(alma_stream, "curl", record("ALSA-2024:2", {}, {"CVE-2024-2"}), {up_to("1-3")});
    const auto findings = scan().findings;
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0].related, Ids{"ALSA-2024:1"});
    EXPECT_EQ(findings[1].id, "CVE-2024-2");
    EXPECT_EQ(findings[1].packages[0].fixed_in, "1-3");

    image(bookworm, {deb("curl", "1-1")});
    advise(debian_12, "curl", record("CVE-2024-5"), {up_to("0")});
    advise(debian_12, "curl", record("DSA-1-1", {}, {"CVE-2024-5", "CVE-2024-6"}), {up_to("1-2")});
    advise(debian_12, "curl", record("DSA-2-1"), {up_to("1-2")});
    EXPECT_EQ(found(), (Ids{"CVE-2024-6", "DSA-2-1"}));
}

TEST_F(Match, TakesTheDistributionsWordBeforeAScore) {
    image(bookworm, {deb("curl", "1-1")});
    Vulnerability scored;
    scored.scores = {{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "NVD"}, {"AV:N/AC:L/Au:N/C:P/I:P/A:P", "NVD"}};
    const auto severity_for = [&](const std::string& id, const std::string& word) {
        scored.id = id;
        Affected affected;
        affected.vulnerability = database_.add_record(scored);
        affected.ranges = {for_ever};
        affected.severity = word;
        database_.add_advice(debian_12, "curl", affected);
        const auto findings = scan().findings;
        const auto it = std::ranges::find(findings, id, &Finding::id);
        return it == findings.end() ? "" : std::string(name_of(it->severity)) + "/" + it->vendor_severity;
    };
    EXPECT_EQ(severity_for("CVE-1-1", "unimportant"), "INFORMATIONAL/unimportant");
    EXPECT_EQ(severity_for("CVE-1-2", "high"), "HIGH/high");
    EXPECT_EQ(severity_for("CVE-1-3", "not yet assigned"), "CRITICAL/");
    scored.scores.erase(scored.scores.begin());
    EXPECT_EQ(severity_for("CVE-1-4", "end-of-life"), "HIGH/");
    scored.scores.clear();
    EXPECT_EQ(severity_for("CVE-1-5", ""), "UNDEFINED/");
    scored.severity = "moderate";
    EXPECT_EQ(severity_for("CVE-1-6", ""), "MEDIUM/moderate");
}

TEST_F(Match, PutsTheWorstFirstThenByName) {
    image(bookworm, {deb("curl", "1-1")});
    for (const auto& [id, word] : {std::pair{"CVE-2024-3", "low"}, {"CVE-2024-2", "high"}, {"CVE-2024-1", "low"}}) {
        Affected affected;
        affected.vulnerability = record(id);
        affected.ranges = {for_ever};
        affected.severity = word;
        database_.add_advice(debian_12, "curl", affected);
    }
    EXPECT_EQ(found(), (Ids{"CVE-2024-2", "CVE-2024-1", "CVE-2024-3"}));
}

// The database knows only packages with flaws, so that an artifact has one group there says nothing of who else has an
// artifact of that name.
TEST_F(Match, DoesNotGuessWhoseAJavaArchiveIs) {
    advise({"Maven", ""}, "org.example:core", record("GHSA-1"), {up_to("2.0")});
    image(bookworm, {deb("curl", "1")});
    database_.cover(debian_12);
    inventory_.packages.push_back(language(PackageType::maven, "core", "1.0"));
    const auto findings = scan(Depth::enhanced);
    EXPECT_TRUE(findings.findings.empty());
    ASSERT_EQ(findings.notes.size(), 1U);
    EXPECT_NE(findings.notes[0].find("core 1.0"), std::string::npos);
    inventory_.packages.back().name = "org.example:core";
    EXPECT_EQ(found(Depth::enhanced), Ids{"GHSA-1"});
}

// A flaw fixed in two minor releases: each package is held against the fix of the one it was built for, where there is
// such a fix.
TEST_F(Match, TakesTheFixOfThePackagesMinorRelease) {
    const Stream nine{"Red Hat", "9"};
    const Distribution rhel{.id = "rhel", .version_id = "9.2", .codename = {}, .name = "RHEL 9.2"};
    const auto flaw = record("CVE-2023-38545");
    advise(nine, "curl", flaw, {up_to("0:7.76.1-23.el9_2.4")});
    advise(nine, "curl", flaw, {up_to("0:7.76.1-26.el9_3.2")});
    advise(nine, "curl", record("CVE-2024-1"), {up_to("0:7.76.1-29.el9")});
    const auto found_in = [&](const std::string& version) {
        image(rhel, {rpm("curl", version)});
        return found();
    };
    const Ids both{"CVE-2023-38545", "CVE-2024-1"};
    EXPECT_EQ(found_in("7.76.1-23.el9_2.1"), both);
    EXPECT_EQ(found_in("7.76.1-23.el9_2.4"), Ids{"CVE-2024-1"});
    EXPECT_EQ(found_in("7.76.1-26.el9_3.1"), both);
    EXPECT_EQ(found_in("7.76.1-26.el9_3.2"), Ids{"CVE-2024-1"});
    EXPECT_EQ(found_in("7.76.1-26.el9"), both);
    // Extended support's: nothing is known of its fixes, so what is said of everybody's holds.
    EXPECT_EQ(found_in("7.76.1-14.el9_0.9"), both);
    EXPECT_EQ(found_in("7.76.1-31.el9"), Ids{});
}

TEST_F(Match, TakesFromAnErratumWhatThePackagesMinorReleaseHas) {
    advise(alma_stream, "curl", record("ALSA-1", {}, {"CVE-2024-1"}), {up_to("7.61-30.el8_8.3")});
    advise(alma_stream, "curl", record("ALSA-2", {}, {"CVE-2024-1", "CVE-2024-2"}), {up_to("7.61-33.el8_9.5")});
    image(alma_8, {rpm("curl", "7.61-30.el8_8.3")});
    EXPECT_EQ(found(), Ids{"CVE-2024-2"});
    image(alma_8, {rpm("curl", "7.61-30.el8_8.2")});
    EXPECT_EQ(found(), (Ids{"CVE-2024-1", "CVE-2024-2"}));
}

// Alpine's rolling branch has the number of the next release in os-release, with a day; its advisories call it edge.
TEST_F(Match, KnowsAlpineEdgeByItsNames) {
    auto curl = deb("curl", "8.0-r0");
    curl.type = PackageType::apk;
    advise({"Alpine", "edge"}, "curl", record("CVE-2024-1"), {up_to("8.0-r1")});
    advise({"Alpine", "3.22"}, "curl", record("CVE-2024-2"), {up_to("8.0-r1")});
    const auto found_in = [&](const std::string& version) {
        image({.id = "alpine", .version_id = version, .codename = {}, .name = "Alpine"}, {curl});
        return found();
    };
    EXPECT_EQ(found_in("3.22_alpha20250108"), Ids{"CVE-2024-1"});
    EXPECT_EQ(found_in("3.22.0_alpha20250108"), Ids{"CVE-2024-1"});
    EXPECT_EQ(found_in("edge"), Ids{"CVE-2024-1"});
    EXPECT_EQ(found_in("3.22.1"), Ids{"CVE-2024-2"});
    EXPECT_EQ(found_in("3.22.0_rc1"), Ids{"CVE-2024-2"});
}

TEST_F(Match, SkipsAndCountsVersionsThatAreNone) {
    image(bookworm, {deb("curl", "not a version")});
    inventory_.packages.push_back(language(PackageType::go, "example.com/app", "(devel)"));
    advise(debian_12, "curl", record("CVE-2024-1"), {for_ever, up_to("2")});
    const auto findings = scan(Depth::enhanced);
    EXPECT_EQ(findings.outcome, Outcome::complete);
    for (const auto& finding : findings.findings) EXPECT_EQ(finding.fix_available, FixAvailable::no);
    // What has no fix is found, which does not make up for what has one.
    advise(debian_12, "curl", record("CVE-2024-3"), {up_to("2")});
    inventory_.packages = {deb("curl", "abc:!!"), deb("libcurl4", "abc:!!", "curl")};
    EXPECT_EQ(found(), Ids{"CVE-2024-1"});
    ASSERT_EQ(scan().notes.size(), 1U);
    EXPECT_EQ(scan().notes[0], "2 packages have no version that could be compared: curl abc:!!, libcurl4 abc:!!");
    advise(debian_12, "open", record("CVE-2024-4"), {for_ever});
    image(bookworm, {deb("open", "abc:!!")});
    EXPECT_EQ(found(), Ids{"CVE-2024-4"});
    EXPECT_TRUE(scan().notes.empty());
    advise(debian_12, "wget", record("CVE-2024-2"), {up_to("2")});
    image(bookworm, {deb("wget", "?")});
    ASSERT_EQ(scan().notes.size(), 1U);
    EXPECT_NE(scan().notes[0].find("wget ?"), std::string::npos);
}

TEST_F(Match, ReadsGosNamesOfItsToolchain) {
    const Stream go{"Go", ""};
    advise(go, "stdlib", record("CVE-2024-1"), {{.introduced = "1.21.0-rc.3", .fixed = "1.21.1", .last_affected = {}}});
    const auto vulnerable = [&](const std::string& version) {
        inventory_.packages = {language(PackageType::go, "stdlib", version)};
        return !found(Depth::enhanced).empty();
    };
    EXPECT_TRUE(vulnerable("1.21"));
    EXPECT_TRUE(vulnerable("1.21.0"));
    EXPECT_TRUE(vulnerable("1.21rc3"));
    EXPECT_TRUE(vulnerable("1.21.0 X:boringcrypto"));
    EXPECT_FALSE(vulnerable("1.21rc2"));
    EXPECT_FALSE(vulnerable("1.21.1"));
}

TEST_F(Match, TellsWhatItAsks) {
    image(bookworm, {deb("libssl3", "3-1", "openssl"), deb("openssl", "3-1"), deb("curl", "1")});
    inventory_.packages.push_back(language(PackageType::pypi, "Requests", "1"));
    EXPECT_EQ(lookups_of(inventory_, Depth::basic), (std::vector<Lookup>{{debian_12, "curl"}, {debian_12, "openssl"}}));
    const auto all = lookups_of(inventory_, Depth::enhanced);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[2], (Lookup{{"PyPI", ""}, "requests"}));
}

TEST_F(Match, SaysUpToWhenItsOwnAdvisoriesGo) {
    const Stream pypi{"PyPI", ""};
    image(bookworm, {deb("curl", "1")});
    advise(debian_12, "curl", record("CVE-2024-1"), {up_to("2")});
    advise(pypi, "requests", record("CVE-2024-2"), {up_to("2")});
    database_.date(debian_12, 2000);
    database_.date(pypi, 1000);
    database_.date({"npm", ""}, 3000);
    EXPECT_EQ(scan(Depth::enhanced).database.newest_record_at, 2000);
    inventory_.packages.push_back(language(PackageType::pypi, "requests", "1"));
    EXPECT_EQ(scan(Depth::basic).database.newest_record_at, 2000);
    EXPECT_EQ(scan(Depth::enhanced).database.newest_record_at, 1000);
}

TEST_F(Match, SaysWhetherAllPackagesHaveAFix) {
    image(bookworm, {deb("a", "1"), deb("b", "1")});
    const auto both = record("CVE-2024-1");
    advise(debian_12, "a", both, {up_to("2")});
    advise(debian_12, "b", both, {for_ever});
    EXPECT_EQ(scan().findings[0].fix_available, FixAvailable::partial);
    advise(debian_12, "a", record("CVE-2024-2"), {up_to("2")});
    EXPECT_EQ(scan().findings[1].fix_available, FixAvailable::yes);
}

}  // namespace
}  // namespace berth::scan
