#include "inventory/layer_inventory.hpp"
#include "testing/archives.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace berth::inventory {
namespace {

using testing::as_bytes;
using testing::Tar;
using Names = std::vector<std::string>;

Inventory image(const std::vector<Tar>& tars) {
    const Limits limits;
    std::vector<LayerInventory> layers;
    for (const auto& tar : tars) {
        const auto bytes = tar.end();
        archive::MemorySource source(as_bytes(bytes));
        layers.push_back(scan_layer(source, limits, Scope::anywhere).value().layer);
    }
    return union_of(layers);
}

// "name version @layer", in the inventory's order.
Names packages(const Inventory& inventory) {
    Names lines;
    for (const auto& package : inventory.packages) {
        lines.push_back(package.name + ' ' + package.version + " @" + std::to_string(package.layer));
    }
    return lines;
}

std::string stanza(const std::string& name, const std::string& version) {
    return "Package: " + name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + version + "\n\n";
}
std::string record(const std::string& name, const std::string& version) {
    return "P:" + name + "\nV:" + version + "\nA:x86_64\n\n";
}
constexpr auto status = "var/lib/dpkg/status";
Tar base() {
    return Tar().file("etc/os-release", "ID=debian\nVERSION_ID=12\n").file(status, stanza("a", "1") + stanza("b", "1"));
}

TEST(Union, TakesTheNewestDatabaseAndTheLowestLayerOfEachPackage) {
    EXPECT_EQ(packages(image({base(), Tar().file(status, stanza("a", "1") + stanza("c", "1")),
                              Tar().file(status, stanza("a", "1") + stanza("c", "2"))})),
              (Names{"a 1 @0", "c 2 @2"}));
    // Gone in between: what comes back is new.
    EXPECT_EQ(packages(image({base(), Tar().file(status, stanza("a", "1")), base()})), (Names{"a 1 @0", "b 1 @2"}));
}

TEST(Union, HidesWhatIsWhitedOut) {
    for (const auto* whiteout :
         {"var/lib/dpkg/.wh.status", "var/lib/.wh.dpkg", ".wh.var", "./var/lib/dpkg/.wh.status"}) {
        EXPECT_EQ(packages(image({base(), Tar().file(whiteout, "")})), Names{}) << whiteout;
    }
    EXPECT_EQ(packages(image({base(), Tar().file("var/lib/dpkg/.wh.statu", "").file("lib/.wh.dpkg", "")})),
              (Names{"a 1 @0", "b 1 @0"}));
}

TEST(Union, HidesWhatAnOpaqueFolderHides) {
    EXPECT_EQ(packages(image({base(), Tar().file("var/lib/dpkg/.wh..wh..opq", "")})), Names{});
    EXPECT_EQ(packages(image({base(), Tar().file("var/.wh..wh..opq", "").file(status, stanza("new", "1"))})),
              Names{"new 1 @1"});
    EXPECT_EQ(packages(image({base(), Tar().file(".wh..wh..opq", "")})), Names{});
}

TEST(Union, NeverHidesWhatIsInTheWhiteoutsOwnLayer) {
    for (const bool first : {true, false}) {
        Tar tar;
        if (first) tar.file("var/lib/.wh.dpkg", "").file("var/lib/dpkg/.wh..wh..opq", "");
        tar.file(status, stanza("new", "1"));
        if (!first) tar.file("var/lib/.wh.dpkg", "").file("var/lib/dpkg/.wh..wh..opq", "");
        EXPECT_EQ(packages(image({base(), tar})), Names{"new 1 @1"});
    }
}

TEST(Union, HidesWhatIsReplacedBySomethingElse) {
    EXPECT_EQ(packages(image({base(), Tar().file("var/lib/dpkg", "")})), Names{});
    EXPECT_EQ(packages(image({base(), Tar().symlink("var", "elsewhere")})), Names{});
    EXPECT_EQ(packages(image({base(), Tar().folder(status)})), Names{});
    EXPECT_EQ(packages(image({base(), Tar().header(status, '3', 0, "", 0)})), Names{});
    EXPECT_EQ(packages(image({base(), Tar().folder("var/lib/dpkg")})).size(), 2U);
}

TEST(Union, JoinsTheFilesOfStatusD) {
    const auto one = [](const char* name) { return "Package: " + std::string(name) + "\nVersion: 1\n"; };
    const auto inventory =
        image({Tar().file("var/lib/dpkg/status.d/base", one("base")),
               Tar().file("var/lib/dpkg/status.d/tz", one("tz")).file("var/lib/dpkg/status.d/tz.md5sums", "0  x\n"),
               Tar().file("var/lib/dpkg/status.d/.wh.base", "")});
    EXPECT_EQ(packages(inventory), Names{"tz 1 @1"});
    EXPECT_EQ(inventory.packages[0].path, "var/lib/dpkg/status.d/tz");
}

TEST(Union, FindsApkThroughAMergedUsr) {
    const Tar merged = Tar().symlink("lib", "usr/lib").file("usr/lib/apk/db/installed", record("musl", "1"));
    EXPECT_EQ(packages(image({merged})), Names{"musl 1 @0"});
    // The same file by its other name, in another layer: it replaces, and does not stand beside.
    EXPECT_EQ(packages(image({merged, Tar().file("lib/apk/db/installed", record("musl", "2"))})), Names{"musl 2 @1"});
    EXPECT_EQ(packages(image({merged, Tar().file("lib/apk/db/.wh.installed", "")})), Names{});
    EXPECT_EQ(packages(image({merged, Tar().file("lib/apk/.wh..wh..opq", "")})), Names{});
    // The link written anew changes nothing below it.
    EXPECT_EQ(packages(image({merged, Tar().symlink("lib", "usr/lib")})), Names{"musl 1 @0"});
    EXPECT_EQ(packages(image({merged, Tar().symlink("lib", "/usr/lib")})), Names{"musl 1 @0"});
}

TEST(Union, CountsAPackageOfTwoDatabasesOnce) {
    EXPECT_EQ(packages(image({Tar()
                                  .file("lib/apk/db/installed", record("musl", "1"))
                                  .file("usr/lib/apk/db/installed", record("musl", "1") + record("zlib", "1"))})),
              (Names{"musl 1 @0", "zlib 1 @0"}));
}

TEST(Union, ResolvesOsReleaseInsideTheImage) {
    const Tar real = Tar().file("usr/lib/os-release", "ID=debian\nVERSION_ID=12\n");
    for (const auto* target : {"../usr/lib/os-release", "/usr/lib/os-release", "../../../usr/lib/os-release"}) {
        const auto found = image({real, Tar().symlink("etc/os-release", target)}).distribution;
        ASSERT_TRUE(found) << target;
        EXPECT_EQ(found->version_id, "12");
    }
    EXPECT_TRUE(image({Tar()
                           .file("nix/store/abc-os-release", "ID=nixos\n")
                           .symlink("etc/os-release", "/nix/store/abc-os-release")})
                    .distribution);
    // /etc/os-release of this machine is none of the image's.
    EXPECT_FALSE(image({Tar().symlink("etc/os-release", "/proc/1/root/etc/os-release")}).distribution);
}

TEST(Union, SurvivesCyclicLinks) {
    const auto inventory = image({Tar()
                                      .symlink("etc", "etc")
                                      .symlink("usr", "lib")
                                      .symlink("lib", "usr")
                                      .symlink("var", "var/lib/../../var")
                                      .file("etc/os-release", "ID=debian\n")
                                      .file(status, stanza("a", "1"))});
    EXPECT_LE(inventory.packages.size(), 1U);
}

TEST(Union, FallsBackToOlderFiles) {
    const auto only = [](const char* path, const char* text) { return image({Tar().file(path, text)}).distribution; };
    EXPECT_EQ(only("etc/alpine-release", "3.18.4\n")->version_id, "3.18.4");
    EXPECT_EQ(only("etc/debian_version", "11.7\n")->version_id, "11");
    EXPECT_EQ(only("etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n")->id, "centos");
    EXPECT_FALSE(only("etc/issue", "Debian"));
    // os-release comes first, wherever its layer lies.
    EXPECT_EQ(image({Tar().file("etc/os-release", "ID=ubuntu\nVERSION_ID=22.04\n"),
                     Tar().file("etc/debian_version", "bookworm/sid")})
                  .distribution->id,
              "ubuntu");
}

TEST(Union, KnowsAlpineEdgeByItsRepositories) {
    const auto inventory =
        image({Tar()
                   .file("etc/os-release", "ID=alpine\nVERSION_ID=3.19_alpha20230901\n")
                   .file("etc/apk/repositories", "https://dl-cdn.alpinelinux.org/alpine/edge/main\n")});
    EXPECT_EQ(inventory.distribution->version_id, "edge");
}

TEST(Union, CountsADatabaseInsideAnotherRootOfTheSameSystem) {
    const auto inside = Tar().file("chroot/var/lib/dpkg/status", stanza("x", "1"));
    const auto inventory = image({base(), inside});
    EXPECT_EQ(packages(inventory), (Names{"x 1 @1", "a 1 @0", "b 1 @0"}));
    EXPECT_EQ(inventory.packages[0].path, "chroot/var/lib/dpkg/status");
    const auto other = image({base(), inside, Tar().file("chroot/etc/os-release", "ID=debian\nVERSION_ID=11\n")});
    EXPECT_EQ(packages(other), (Names{"a 1 @0", "b 1 @0"}));
    EXPECT_EQ(other.problems, Names{"chroot/var/lib/dpkg/status: belongs to debian 11, another system than the "
                                    "image's; its packages are left out"});
}

TEST(Union, FollowsHardLinksIntoLowerLayers) {
    EXPECT_EQ(packages(image({base(), Tar().hard_link("chroot/var/lib/dpkg/status", status)})),
              (Names{"a 1 @1", "b 1 @1", "a 1 @0", "b 1 @0"}));
}

TEST(Union, NamesTheLayerOfAProblem) {
    EXPECT_EQ(image({Tar(), Tar().file("../x", "")}).problems,
              Names{"layer 2: ../x: leads out of the image and is left out"});
}

// A database that could not be read is a gap, until another one takes its place.
TEST(Union, TellsWhereSystemPackagesMayBeMissing) {
    constexpr auto sqlite = "var/lib/rpm/rpmdb.sqlite";
    const auto broken = Tar().file(sqlite, std::string(5000, 'x')).file("srv/x/package.json", "{");
    const auto inventory = image({broken, base()});
    ASSERT_EQ(inventory.gaps.size(), 1U);
    EXPECT_TRUE(inventory.gaps[0].starts_with("var/lib/rpm/rpmdb.sqlite: ")) << inventory.gaps[0];
    EXPECT_NE(std::ranges::find(inventory.problems, inventory.gaps[0]), inventory.problems.end());
    EXPECT_EQ(image({broken, Tar().file("var/lib/.wh.rpm", "")}).gaps, Names{});
    EXPECT_EQ(image({base(), Tar().file("../x", "")}).gaps, Names{});
    // Another system's is nothing that this one would list.
    const auto guest = Tar()
                           .file("guest/etc/os-release", "ID=rocky\nVERSION_ID=9\n")
                           .file("guest/var/lib/rpm/rpmdb.sqlite", std::string(5000, 'x'));
    EXPECT_EQ(image({base(), guest}).gaps, Names{});
    EXPECT_EQ(image({base(), Tar().file("guest/var/lib/rpm/rpmdb.sqlite", "x")}).gaps.size(), 1U);
}

LayerInventory with_python_package(const std::string& path) {
    LayerInventory layer;
    Package package{.type = PackageType::pypi, .name = "requests", .version = "2.28.1"};
    layer.files[path].packages.push_back(package);
    layer.covered.add(path);
    return layer;
}

TEST(Union, TellsWhichSystemPackageOwnsALanguagePackage) {
    const std::string metadata = "usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO";
    LayerInventory owner;
    owner.files["var/lib/dpkg/info/python3-requests.list"].owned.push_back({"python3-requests", {metadata}});
    // dpkg may name a file by a path that leads through a link.
    LayerInventory linked;
    linked.symlinks["lib"] = "usr/lib";
    linked.files["var/lib/dpkg/info/python3-requests.list"].owned.push_back({"python3-requests", {metadata.substr(4)}});
    for (const auto& layer : {owner, linked}) {
        const auto inventory =
            union_of({layer, with_python_package(metadata), with_python_package("srv/venv/requests/METADATA")});
        ASSERT_EQ(inventory.packages.size(), 2U);
        EXPECT_EQ(inventory.packages[0].path, "srv/venv/requests/METADATA");
        EXPECT_EQ(inventory.packages[0].owned_by, "");
        EXPECT_EQ(inventory.packages[1].owned_by, "python3-requests");
    }
}

// The same from bytes: dpkg's list, through a merged /usr, and the file that the reader of Python packages takes.
TEST(Union, FindsTheOwnerOfARealPythonPackage) {
    const std::string folder = "usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO";
    const std::string info = "Metadata-Version: 2.1\nName: requests\nVersion: 2.28.1\n";
    const auto inventory =
        image({Tar()
                   .symlink("lib", "usr/lib")
                   .file(status, stanza("python3-requests", "2.28.1+dfsg-1\nSource: requests"))
                   .file("var/lib/dpkg/info/python3-requests.list", "/.\n/lib/python3\n/" + folder.substr(4) + "\n")
                   .file(folder, info),
               Tar().file("srv/venv/lib/python3.11/site-packages/requests-2.28.1.dist-info/METADATA", info)});
    ASSERT_EQ(inventory.packages.size(), 3U);
    EXPECT_EQ(inventory.packages[0].owned_by, "");
    EXPECT_EQ(inventory.packages[0].layer, 1U);
    EXPECT_EQ(inventory.packages[1].owned_by, "python3-requests");
    EXPECT_EQ(inventory.packages[1].owner_source, "requests");
    EXPECT_EQ(decode_inventory(encode_inventory(inventory)).value().packages, inventory.packages);
}

TEST(Union, ForgetsALanguagePackageThatIsReplaced) {
    const auto lower = with_python_package("srv/METADATA");
    LayerInventory upper;
    upper.covered.add("srv/METADATA");
    EXPECT_TRUE(union_of({lower, upper}).packages.empty());
    EXPECT_EQ(union_of({lower, lower}).packages.at(0).layer, 0U);
}

TEST(Union, TakesTheSameLayerTwice) {
    EXPECT_EQ(packages(image({base(), base()})), (Names{"a 1 @0", "b 1 @0"}));
}

}  // namespace
}  // namespace berth::inventory
