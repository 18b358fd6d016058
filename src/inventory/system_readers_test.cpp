#include "inventory/apk.hpp"
#include "inventory/dpkg.hpp"
#include "inventory/os_release.hpp"

#include <gtest/gtest.h>

#include <string>

namespace berth::inventory {
namespace {

using Names = std::vector<std::string>;

Names names(const Result<FileFacts>& facts) {
    Names all;
    for (const auto& package : facts.value().packages) all.push_back(package.name);
    return all;
}

TEST(OsRelease, UndoesShellSyntax) {
    const auto found = parse_os_release(
        "# a comment\n"
        "ID=debian\n"
        "ID_LIKE=ubuntu\n"
        "  VERSION_ID=\"12\"  \n"
        "VERSION_CODENAME='book''worm' # not this\n"
        "PRETTY_NAME=\"Debian \\\"GNU\\\" \\$5 \\n\"\n"
        "NAME=x");
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, (Distribution{"debian", "12", "bookworm", "Debian \"GNU\" $5 \\n"}));
}

TEST(OsRelease, TakesTheLastOfTheSameName) {
    EXPECT_EQ(parse_os_release("ID=a\r\nID=b\r\nVERSION_ID=1\r\nVERSION_ID=2\r\n")->id, "b");
    EXPECT_EQ(parse_os_release("ID=a\nVERSION_ID=1\nVERSION_ID=2")->version_id, "2");
    EXPECT_FALSE(parse_os_release("ID_LIKE=debian\nNAME=x\n"));
    EXPECT_FALSE(parse_os_release("ID=\"\"\n"));
}

TEST(OsRelease, ShowsNoReleaseWhereThereIsNone) {
    EXPECT_EQ(parse_os_release("ID=wolfi\nVERSION_ID=20230201\n")->version_id, "");
    EXPECT_EQ(parse_os_release("ID=chainguard\nVERSION_ID=20230201\n")->version_id, "");
}

TEST(OsRelease, ReadsOlderFiles) {
    EXPECT_EQ(parse_debian_version("trixie/sid\n")->codename, "trixie");
    EXPECT_EQ(parse_debian_version("trixie/sid\n")->version_id, "");
    EXPECT_EQ(parse_redhat_release("Red Hat Enterprise Linux release 8.6 (Ootpa)\n")->version_id, "8.6");
    EXPECT_EQ(parse_redhat_release("AlmaLinux release 9.2 (Turquoise Kodkod)")->id, "almalinux");
    EXPECT_FALSE(parse_redhat_release("Something else 3"));
    EXPECT_EQ(parse_lsb_release("DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n")->id, "ubuntu");
    EXPECT_EQ(parse_apk_repositories("#https://x/alpine/edge/main\nhttps://x/alpine/v3.18/main\n")->version_id, "3.18");
    EXPECT_FALSE(parse_apk_repositories("https://packages.wolfi.dev/os\n"));
    for (auto* parse : {parse_alpine_release, parse_debian_version, parse_redhat_release, parse_lsb_release,
                        parse_apk_repositories}) {
        EXPECT_FALSE(parse(""));
        EXPECT_FALSE(parse("\n\n"));
    }
}

TEST(OsRelease, TellsAlpineEdgeFromAReleaseThatBorrowsFromIt) {
    const std::string release = "https://x/alpine/v3.18/main\nhttps://x/alpine/v3.18/community\n";
    EXPECT_EQ(parse_apk_repositories("https://x/alpine/edge/main\nhttps://x/alpine/edge/community\n")->version_id,
              "edge");
    EXPECT_EQ(parse_apk_repositories(release + "https://x/alpine/edge/main\n")->version_id, "edge");
    EXPECT_EQ(parse_apk_repositories(release + "https://x/alpine/edge/testing\n")->version_id, "3.18");
    EXPECT_EQ(parse_apk_repositories(release + "@edge https://x/alpine/edge/main\n")->version_id, "3.18");
}

TEST(Dpkg, CountsWhatHasFiles) {
    std::string text;
    for (const auto* status :
         {"install ok installed", "hold ok installed", "deinstall ok config-files", "purge ok not-installed",
          "install ok half-installed", "install ok unpacked", "install reinstreq installed"}) {
        text += "Package: " + std::string(status) + "\nStatus: " + status + "\nVersion: 1\n\n";
    }
    EXPECT_EQ(names(parse_dpkg_status(text)),
              (Names{"install ok installed", "hold ok installed", "install ok unpacked"}));
}

TEST(Dpkg, TellsSourceAndItsVersion) {
    const auto facts = parse_dpkg_status(
                           "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\n"
                           "Source: glibc (2.36-9)\nVersion: 2.36-9+b1\nDescription: first\n more\n .\n Version: no\n"
                           "\n\n"
                           "Package: libssl3\nSource: openssl\nStatus: install ok installed\nVersion: 1:3.0-1\n\n"
                           "package: dash\nstatus: install ok installed\nversion: 0.5")
                           .value();
    ASSERT_EQ(facts.packages.size(), 3U);
    EXPECT_EQ(facts.packages[0].version, "2.36-9+b1");
    EXPECT_EQ(facts.packages[0].source_name, "glibc");
    EXPECT_EQ(facts.packages[0].source_version, "2.36-9");
    EXPECT_EQ(facts.packages[0].arch, "amd64");
    EXPECT_EQ(facts.packages[1].source_name, "openssl");
    EXPECT_EQ(facts.packages[1].source_version, "1:3.0-1");
    EXPECT_EQ(facts.packages[2].source_name, "dash");
    EXPECT_EQ(facts.packages[2].version, "0.5");
}

TEST(Dpkg, KeepsTheSameNameOfTwoArchitectures) {
    const std::string one = "Package: libc6\nStatus: install ok installed\nVersion: 1\nArchitecture: ";
    EXPECT_EQ(names(parse_dpkg_status(one + "amd64\n\n" + one + "i386\n")), (Names{"libc6", "libc6"}));
}

TEST(Dpkg, LeavesOutWhatIsNoPackage) {
    EXPECT_EQ(names(parse_dpkg_status("Package: zlib\nStatus: install ok installed\nVersion: 1\nPort-Version: 2\n")),
              Names{});
    EXPECT_EQ(names(parse_dpkg_status("Package: a\nVersion: 1\n\nVersion: 2\nStatus: install ok installed\n")),
              Names{});
    EXPECT_EQ(names(parse_dpkg_status_d("Package: a\nVersion: 1\n")), Names{"a"});
    const auto longer =
        parse_dpkg_status("Package: " + std::string(5000, 'x') + "\nStatus: install ok installed\nVersion: 1\n");
    EXPECT_EQ(longer.value().problems.size(), 1U);
    EXPECT_TRUE(longer.value().packages.empty());
}

TEST(Dpkg, SaysWhatItLeavesOut) {
    const std::string good = "Package: a\nStatus: install ok installed\nVersion: 1\n\n";
    const auto problems = [&](const std::string& text) {
        return parse_dpkg_status(good + text + good).value().problems;
    };
    EXPECT_EQ(problems("\n\n"), Names{});
    EXPECT_EQ(problems("Package: b\nStatus: deinstall ok config-files\n\n"), Names{});
    EXPECT_EQ(problems("Package: b\nStatus: install ok installed\n\n"),
              Names{"lists b as installed, without a version"});
    EXPECT_EQ(problems("Status: install ok installed\nVersion: 1\n\n"),
              Names{"lists an installed package without a name"});
    EXPECT_EQ(problems(std::string("\0\xff\nPackage\n:::\n\n", 16)), Names{"holds what describes no package"});
    EXPECT_EQ(names(parse_dpkg_status(good + "\n\n \n" + good)), (Names{"a", "a"}));
}

TEST(Dpkg, EndsAtItsLimit) {
    std::string many;
    for (std::size_t i = 0; i <= max_packages_of_file; ++i) many += "Package:a\nVersion:1\n\n";
    const auto result = parse_dpkg_status_d(many);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "lists more than the 200000 packages allowed");
}

TEST(Dpkg, KnowsWhoseAProgramIs) {
    const auto facts = parse_dpkg_list("docker.io:amd64.list",
                                       "/.\n/usr\n/usr/bin\n/usr/bin/docker\n/usr/share/doc/docker.io/copyright\n");
    ASSERT_EQ(facts.owned.size(), 1U);
    EXPECT_EQ(facts.owned[0].package, "docker.io");
    EXPECT_EQ(facts.owned[0].paths, Names{"usr/bin/docker"});
    const auto sums = parse_dpkg_md5sums("base-files.md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/bin/x\n");
    ASSERT_EQ(sums.owned.size(), 1U);
    EXPECT_EQ(sums.owned[0].package, "base-files");
    EXPECT_TRUE(parse_dpkg_list("tzdata.list", "/usr/share/doc/x\n").owned.empty());
}

TEST(Apk, ReadsRecords) {
    const auto facts = parse_apk_installed(
                           "C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\nc:0123\n"
                           "F:lib\nR:libc.musl-x86_64.so.1\nF:usr/bin\nR:ldd\nZ:Q1x=\n\n"
                           "P:ssl_client\nV:1.36.1-r5\nA:x86_64\no:busybox\np:not=V:9\n\n\n"
                           "V:1\n\nP:last\nV:2")
                           .value();
    ASSERT_EQ(facts.packages.size(), 3U);
    EXPECT_EQ(facts.packages[0].version, "1.2.4-r2");
    EXPECT_EQ(facts.packages[0].licences, Names{"MIT"});
    EXPECT_EQ(facts.packages[1].source_name, "busybox");
    EXPECT_EQ(facts.packages[1].source_version, "1.36.1-r5");
    EXPECT_EQ(facts.packages[2].source_name, "last");
    ASSERT_EQ(facts.owned.size(), 1U);
    EXPECT_EQ(facts.owned[0].package, "musl");
    EXPECT_EQ(facts.owned[0].paths, Names{"usr/bin/ldd"});
}

TEST(Apk, BoundsTheNamesThatOneFolderMakes) {
    std::string text = "P:a\nV:1\nF:" + std::string(4000, 'x') + "/bin\n";
    for (int i = 0; i < 100'000; ++i) text += "R:y\n";
    const auto facts = parse_apk_installed(text).value();
    EXPECT_EQ(facts.packages.size(), 1U);
    EXPECT_EQ(facts.problems, Names{"it names more files than are looked at"});
}

}  // namespace
}  // namespace berth::inventory
