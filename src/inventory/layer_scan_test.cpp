#include "inventory/layer_inventory.hpp"
#include "testing/archives.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace berth::inventory {
namespace {

using testing::as_bytes;
using testing::Tar;

const Limits standard;

Result<LayerScan> scan(const std::string& bytes, const Limits& limits = standard) {
    archive::MemorySource source(as_bytes(bytes));
    return scan_layer(source, limits, Scope::anywhere);
}
LayerInventory layer(const Tar& tar) {
    return scan(tar.end()).value().layer;
}

std::string stanza(const std::string& name, const std::string& version) {
    return "Package: " + name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + version + "\n\n";
}
std::vector<std::string> names_in(const LayerInventory& layer, const char* path) {
    std::vector<std::string> names;
    const auto found = layer.files.find(path);
    if (found == layer.files.end()) return names;
    for (const auto& package : found->second.packages) names.push_back(package.name);
    return names;
}
constexpr auto status = "var/lib/dpkg/status";
using Names = std::vector<std::string>;

TEST(LayerScan, FindsDatabasesUnderEveryFormOfTheirName) {
    for (const auto* path :
         {"var/lib/dpkg/status", "./var/lib/dpkg/status", "/var/lib/dpkg/status", "var//lib/./dpkg/status"}) {
        EXPECT_EQ(names_in(layer(Tar().file(path, stanza("a", "1"))), status), Names{"a"}) << path;
    }
    EXPECT_EQ(names_in(layer(Tar().pax("path", status).file("x", stanza("a", "1"))), status), Names{"a"});
    EXPECT_EQ(names_in(layer(Tar().gnu_long('L', status).file("x", stanza("a", "1"))), status), Names{"a"});
}

TEST(LayerScan, ReadsEveryCompression) {
    const auto tar = Tar().file(status, stanza("a", "1")).end();
    for (const auto& bytes : {tar, testing::gzipped(tar), testing::zstandard(tar)}) {
        EXPECT_EQ(names_in(scan(bytes).value().layer, status), Names{"a"});
    }
}

TEST(LayerScan, TakesTheLastOfSeveralEntries) {
    EXPECT_EQ(names_in(layer(Tar().file(status, stanza("old", "1")).file(status, stanza("new", "1"))), status),
              Names{"new"});
    EXPECT_EQ(names_in(layer(Tar().file(status, stanza("old", "1")).symlink(status, "elsewhere")), status), Names{});
    EXPECT_EQ(names_in(layer(Tar().file(status, stanza("old", "1")).symlink("var/lib/dpkg", "elsewhere")), status),
              Names{});
    EXPECT_EQ(names_in(layer(Tar().file(status, stanza("old", "1")).folder("var/lib/dpkg")), status), Names{"old"});
}

TEST(LayerScan, FollowsHardLinksInsideTheLayer) {
    const auto both = layer(Tar().file(status, stanza("a", "1")).hard_link("chroot/var/lib/dpkg/status", status));
    EXPECT_EQ(names_in(both, "chroot/var/lib/dpkg/status"), Names{"a"});
}

TEST(LayerScan, ReadsALayerAgainForALinkToWhatItPassedOver) {
    const auto bytes = Tar().file("backup", stanza("a", "1")).hard_link(status, "backup").file("z", "").end();
    auto first = scan(bytes).value();
    ASSERT_EQ(first.missed.size(), 1U);
    EXPECT_EQ(names_in(first.layer, status), Names{});
    archive::MemorySource source(as_bytes(bytes));
    const auto second = scan_layer(source, standard, Scope::anywhere, first.missed).value();
    EXPECT_TRUE(second.missed.empty());
    EXPECT_EQ(names_in(second.layer, status), Names{"a"});
}

TEST(LayerScan, RemembersLinksToLowerLayers) {
    const auto linked = layer(Tar().hard_link(status, "backup"));
    ASSERT_EQ(linked.hard_links.size(), 1U);
    EXPECT_EQ(linked.hard_links.begin()->second, "backup");
}

TEST(LayerScan, LeavesOutWhatLeadsOut) {
    const auto odd =
        layer(Tar().file("../../var/lib/dpkg/status", stanza("a", "1")).hard_link("x", "../../etc/shadow"));
    EXPECT_TRUE(odd.files.empty());
    EXPECT_EQ(odd.problems, (Names{"../../var/lib/dpkg/status: leads out of the image and is left out",
                                   "x: leads out of the image and is left out"}));
}

TEST(LayerScan, PassesOverDevicesAndPipes) {
    Tar tar;
    tar.header(status, '3', 0, "", 0644).header("etc/os-release", '6', 0, "", 0644).header("x", 'V', 0, "", 0);
    EXPECT_TRUE(layer(tar).files.empty());
}

TEST(LayerScan, SaysWhatItCannotRead) {
    char sparse[512] = {};
    std::memcpy(sparse, status, 19);
    sparse[156] = 'S';
    EXPECT_EQ(layer(Tar().sealed(sparse)).files.at(status).problems, Names{"is stored sparse, and not read"});
    const auto broken = layer(Tar().file("var/lib/rpm/rpmdb.sqlite", std::string(5000, 'x')));
    EXPECT_EQ(broken.files.at("var/lib/rpm/rpmdb.sqlite").problems.size(), 1U);
    EXPECT_TRUE(broken.problems.empty());
    EXPECT_EQ(
        layer(Tar().file("var/lib/rpm/rpmdb.sqlite-wal", "xyz")).files.at("var/lib/rpm/rpmdb.sqlite-wal").problems,
        Names{"is the log of a database that another layer holds, and not read"});
    EXPECT_EQ(layer(Tar().file("etc/os-release", std::string(70'000, 'x'))).problems,
              Names{"etc/os-release: is too large to be read"});
}

TEST(LayerScan, CountsProblemsBeyondItsLimit) {
    Tar tar;
    for (int i = 0; i < 150; ++i) tar.file("../x", "");
    const auto found = layer(tar).problems;
    ASSERT_EQ(found.size(), 101U);
    EXPECT_EQ(found.back(), "and 50 more");
}

TEST(LayerScan, BoundsTheDatabasesItCallsBroken) {
    Tar tar;
    for (int i = 0; i < 250; ++i) tar.file("r" + std::to_string(i) + "/var/lib/rpm/Packages", "x");
    const auto found = layer(tar);
    EXPECT_EQ(found.files.size(), 100U);
    ASSERT_EQ(found.problems.size(), 101U);
    EXPECT_EQ(found.problems.back(), "and 50 more");
}

TEST(LayerScan, BoundsWhatItFinds) {
    Limits few;
    few.found_bytes_of_layer = 5000;
    const auto bytes = Tar().file(status, stanza("a", "1") + stanza("b", std::string(4000, '1'))).end();
    const auto result = scan(bytes, few);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "what the layer holds takes more than the 5000 bytes allowed");
    // What a hard link repeats counts again.
    Tar links;
    links.file(status, stanza("a", "1"));
    for (int i = 0; i < 20; ++i) links.hard_link("root" + std::to_string(i) + "/var/lib/dpkg/status", status);
    EXPECT_FALSE(scan(links.end(), few));
}

TEST(LayerScan, HoldsAMillionTinyFilesInLittleMemory) {
    // A tenth of it, here; what matters is that nothing is kept but eight bytes for each.
    Tar tar;
    for (int i = 0; i < 100'000; ++i) tar.file("d/" + std::to_string(i), "");
    const auto many = layer(tar);
    EXPECT_EQ(many.covered.sorted().size(), 100'000U);
    EXPECT_TRUE(many.files.empty() && many.symlinks.empty() && many.problems.empty());
}

TEST(LayerScan, FailsOnWhatIsCutOff) {
    const auto bytes = Tar().file(status, stanza("a", "1")).file("big", std::string(100'000, 'x')).end();
    EXPECT_FALSE(scan(bytes.substr(0, 50'000)));
    const auto packed = testing::gzipped(bytes);
    EXPECT_FALSE(scan(packed.substr(0, packed.size() - 9)));
    EXPECT_FALSE(scan(std::string("<html>not a layer at all</html>") + std::string(600, ' ')));
}

TEST(LayerCodec, GivesBackWhatWasKept) {
    auto full = layer(Tar()
                          .file("etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian\"\n")
                          .file(status, stanza("a", "1:2-3") + stanza("b", "2"))
                          .file("var/lib/dpkg/info/a.list", "/.\n/usr/bin/a\n")
                          .symlink("lib", "usr/lib")
                          .hard_link("usr/lib/os-release", "other")
                          .file("opt/.wh.gone", "")
                          .file("opt/.wh..wh..opq", "")
                          .file("../out", ""));
    ASSERT_EQ(full.files.size(), 3U);
    ASSERT_FALSE(full.hard_links.empty() || full.symlinks.empty() || full.problems.empty());
    full.files.at(status).packages[0].licences = {"MIT", "GPL"};
    const auto bytes = encode_layer(full);
    EXPECT_EQ(decode_layer(bytes), full);
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_layer(bytes.substr(0, size)));
    auto other_version = bytes;
    ++other_version[3];
    EXPECT_FALSE(decode_layer(other_version));
}

}  // namespace
}  // namespace berth::inventory
