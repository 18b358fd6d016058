// A real Debian layer, held against what dpkg says of the same tree. The layer is the one that the wire tests make with
// mmdebstrap; where they have not run yet, or dpkg is missing, there is nothing to compare.
#include "archive/file_source.hpp"
#include "archive/tar.hpp"
#include "archive/unpack.hpp"
#include "inventory/layer_inventory.hpp"
#include "testing/folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace berth::inventory {
namespace {

namespace fs = std::filesystem;

fs::path layer_path() {
    const char* cache = std::getenv("BERTH_CACHE");  // NOLINT(concurrency-mt-unsafe): one thread
    const auto folder = cache != nullptr ? fs::path(cache) : fs::path(BERTH_TESTDATA) / "../../../.cache";
    return folder / "images" / "debian-bookworm-minbase.tar.gz";
}

std::string output_of(const std::string& command) {
    std::string text;
    auto* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return text;
    char piece[4096];
    while (const auto size = std::fread(piece, 1, sizeof piece, pipe)) text.append(piece, size);
    return ::pclose(pipe) == 0 ? text : "";
}

// dpkg's own reading of the layer's status file, taken out of the archive by this test alone.
std::string dpkg_listing(archive::Source& layer, const fs::path& folder) {
    const archive::Limits limits;
    auto plain = archive::unpack(layer, limits).value();
    archive::TarReader tar(*plain, limits);
    for (auto entry = tar.next(); entry && *entry != nullptr; entry = tar.next()) {
        if ((*entry)->path != "var/lib/dpkg/status") continue;
        const auto bytes = tar.whole(1U << 26U).value();
        std::ofstream(folder / "status").write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    }
    fs::create_directory(folder / "info");
    return output_of("dpkg-query --admindir=" + folder.string() +
                     " -W -f '${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n' | "
                     "LC_ALL=C sort");
}

TEST(DebianImage, HoldsWhatDpkgSays) {
    auto file = archive::OpenFile::open(layer_path());
    if (!file) GTEST_SKIP() << "no Debian image yet: " << layer_path();
    const testing::Folder folder;
    archive::FileSource again(*file);
    const auto expected = dpkg_listing(again, folder.path());
    if (expected.empty()) GTEST_SKIP() << "dpkg-query is not here";

    archive::FileSource source(*file);
    const Limits limits;
    const auto scan = scan_layer(source, limits, Scope::anywhere).value();
    const auto inventory = union_of({scan.layer});
    std::vector<std::string> lines;
    for (const auto& p : inventory.packages) {
        if (p.type != PackageType::deb) continue;
        lines.push_back(p.name + '\t' + p.version + '\t' + p.arch + '\t' + p.source_name + '\t' + p.source_version +
                        '\n');
    }
    std::ranges::sort(lines);
    std::string found;
    for (const auto& line : lines) found += line;
    EXPECT_EQ(found, expected);
    EXPECT_EQ(inventory.distribution->id, "debian");
    EXPECT_EQ(inventory.distribution->version_id, "12");
    EXPECT_TRUE(inventory.problems.empty()) << inventory.problems.front();
}

}  // namespace
}  // namespace berth::inventory
