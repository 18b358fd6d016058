#include "inventory/image_source.hpp"

#include "inventory/inventory_of.hpp"
#include "inventory/verified_source.hpp"
#include "testing/archives.hpp"
#include "testing/folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace berth::inventory {
namespace {

namespace fs = std::filesystem;
using testing::as_bytes;
using testing::Folder;
using testing::Tar;
using Names = std::vector<std::string>;

const Limits standard;

std::string stanza(const std::string& name, const std::string& version) {
    return "Package: " + name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + version + "\n\n";
}
std::string base_layer() {
    return Tar()
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
        .file("var/lib/dpkg/status", stanza("a", "1"))
        .end();
}
std::string upper_layer() {
    return Tar().file("var/lib/dpkg/status", stanza("a", "1") + stanza("b", "2")).end();
}

// The files of an image, to be laid out in a folder or in a tar.
using Files = std::map<std::string, std::string>;

std::string digest(const std::string& bytes) {
    return digest_of(as_bytes(bytes));
}
std::string add(Files& files, const std::string& bytes) {
    const auto name = digest(bytes);
    files["blobs/sha256/" + name.substr(7)] = bytes;
    return R"({"digest":")" + name + R"(","size":)" + std::to_string(bytes.size());
}
std::string config(const std::string& architecture, const Names& layers) {
    std::string ids;
    for (const auto& layer : layers) ids += (ids.empty() ? "\"" : ",\"") + digest(layer) + '"';
    return R"({"os":"linux","architecture":")" + architecture + R"(","rootfs":{"diff_ids":[)" + ids + "]}}";
}
std::string image(Files& files, const std::string& architecture, const Names& layers, const std::string& more = "") {
    std::string list;
    for (const auto& layer : layers) list += (list.empty() ? "" : ",") + add(files, layer) + '}';
    return add(files, R"({"schemaVersion":2,"config":)" + add(files, config(architecture, layers)) +
                          R"(,"mediaType":"application/vnd.oci.image.config.v1+json"},"layers":[)" + list + "]}") +
           more + '}';
}
void finish(Files& files, const std::string& manifests) {
    files["oci-layout"] = R"({"imageLayoutVersion":"1.0.0"})";
    files["index.json"] = R"({"schemaVersion":2,"manifests":[)" + manifests + "]}";
}

void write(const fs::path& folder, const Files& files) {
    for (const auto& [path, bytes] : files) {
        fs::create_directories((folder / path).parent_path());
        std::ofstream(folder / path, std::ios::binary) << bytes;
    }
}
fs::path write_tar(const fs::path& path, const Files& files) {
    Tar tar;
    for (const auto& [name, bytes] : files) tar.file(name, bytes);
    std::ofstream(path, std::ios::binary) << tar.end();
    return path;
}

Names packages(ImageSource& source) {
    const auto inventory = inventory_of(source, standard, nullptr);
    if (!inventory) return {"FAULT " + inventory.error().message};
    Names lines;
    for (const auto& package : inventory->packages)
        lines.push_back(package.name + " @" + std::to_string(package.layer));
    return lines;
}

TEST(ImageSource, ReadsALayoutAndItsArchive) {
    Files files;
    finish(files, image(files, "amd64", {testing::gzipped(base_layer()), testing::zstandard(upper_layer())}));
    const Folder folder;
    write(folder.path() / "layout", files);
    const auto tar = write_tar(folder.path() / "image.tar", files);
    std::ifstream stream(tar, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    write(folder.path(), {{"image.tgz", testing::gzipped(bytes)}, {"image.zst", testing::zstandard(bytes)}});
    for (const auto& path : {folder.path() / "layout", tar, folder.path() / "image.tgz", folder.path() / "image.zst"}) {
        auto images = open_images(path, standard.layer);
        ASSERT_TRUE(images) << images.error().message;
        ASSERT_EQ(images->size(), 1U);
        EXPECT_EQ((*images)[0]->platform(), (Platform{"linux", "amd64", ""}));
        EXPECT_TRUE((*images)[0]->name().starts_with("sha256:"));
        EXPECT_EQ(packages(*(*images)[0]), (Names{"a @0", "b @1"}));
    }
}

TEST(ImageSource, GivesEveryPlatformOfAnIndexAndNoAttestation) {
    Files files;
    const auto children = image(files, "amd64", {base_layer()}) + ',' + image(files, "arm64", {upper_layer()}) + ',' +
                          image(files, "x", {"no layer"}, R"(,"platform":{"os":"unknown","architecture":"unknown"})");
    finish(files, add(files, R"({"schemaVersion":2,"manifests":[)" + children + "]}") + '}');
    const Folder folder;
    write(folder.path(), files);
    auto images = open_images(folder.path(), standard.layer).value();
    ASSERT_EQ(images.size(), 2U);
    EXPECT_EQ(images[0]->platform().architecture, "amd64");
    EXPECT_EQ(images[1]->platform().architecture, "arm64");
}

TEST(ImageSource, HasTheVariantThatOnlyTheIndexNames) {
    Files files;
    const auto entry = R"(,"platform":{"os":"linux","architecture":"arm64","variant":"v8"})";
    finish(files, image(files, "arm64", {base_layer()}, entry) + ',' + image(files, "amd64", {upper_layer()}, entry));
    const Folder folder;
    write(folder.path(), files);
    auto images = open_images(folder.path(), standard.layer).value();
    ASSERT_EQ(images.size(), 2U);
    EXPECT_EQ(images[0]->platform(), (Platform{"linux", "arm64", "v8"}));
    EXPECT_EQ(images[1]->platform(), (Platform{"linux", "amd64", ""}));
}

TEST(ImageSource, RefusesWhatIsNoImage) {
    Files files;
    finish(files, add(files, R"({"schemaVersion":2,"config":)" + add(files, "{}") +
                                 R"(,"mediaType":"application/vnd.cncf.helm.config.v1+json"},"layers":[]})") +
                      '}');
    const Folder folder;
    write(folder.path(), files);
    const auto images = open_images(folder.path(), standard.layer);
    ASSERT_FALSE(images);
    EXPECT_EQ(images.error().kind, FaultKind::unsupported);
    EXPECT_EQ(images.error().message,
              "not a container image, but an artifact of type application/vnd.cncf.helm.config.v1+json");
}

TEST(ImageSource, NoticesOtherBytesThanThoseNamed) {
    Files files;
    finish(files, image(files, "amd64", {base_layer()}));
    auto& blob = files["blobs/sha256/" + digest(base_layer()).substr(7)];
    blob = upper_layer();
    const Folder folder;
    write(folder.path(), files);
    auto images = open_images(folder.path(), standard.layer).value();
    EXPECT_TRUE(packages(*images[0])[0].starts_with("FAULT layer 1 of 1: the bytes are not those of sha256:"));
    blob = base_layer() + "behind the end";
    write(folder.path(), files);
    EXPECT_TRUE(packages(*images[0])[0].starts_with("FAULT layer 1 of 1: the bytes are not those of sha256:"));
}

TEST(ImageSource, SaysWhatIsMissingOrBroken) {
    const Folder folder;
    EXPECT_EQ(open_images(folder.path() / "none", standard.layer).error().kind, FaultKind::image_not_found);
    Files files;
    finish(files, R"({"digest":"sha256:../../../../etc/passwd"})");
    write(folder.path() / "traversal", files);
    EXPECT_EQ(open_images(folder.path() / "traversal", standard.layer).error().kind, FaultKind::invalid_digest);
    finish(files, R"({"digest":")" + digest("not there") + "\"}");
    write(folder.path() / "missing", files);
    EXPECT_EQ(open_images(folder.path() / "missing", standard.layer).error().kind, FaultKind::blob_not_found);
    for (const auto* text : {"", "[]", "{", R"({"manifests":{}})", R"({"manifests":[1]})"}) {
        files["index.json"] = text;
        write(folder.path() / "broken", files);
        EXPECT_FALSE(open_images(folder.path() / "broken", standard.layer)) << text;
    }
    EXPECT_FALSE(open_images(write_tar(folder.path() / "other.tar", {{"x", "y"}}), standard.layer));
    std::ofstream(folder.path() / "text") << "no archive";
    EXPECT_FALSE(open_images(folder.path() / "text", standard.layer));
}

Files saved(const Names& layers, const Names& paths) {
    Files files;
    std::string list;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        files[paths[i]] = layers[i];
        list += (i == 0 ? "\"" : ",\"") + paths[i] + '"';
    }
    files["c.json"] = config("amd64", layers);
    files["manifest.json"] = R"([{"Config":"c.json","RepoTags":["a:1"],"Layers":[)" + list + "]}]";
    return files;
}

TEST(ImageSource, ReadsWhatDockerSaves) {
    const Folder folder;
    const auto path =
        write_tar(folder.path() / "saved.tar", saved({base_layer(), upper_layer()}, {"1/layer.tar", "2/layer.tar"}));
    auto images = open_images(path, standard.layer).value();
    ASSERT_EQ(images.size(), 1U);
    EXPECT_EQ(packages(*images[0]), (Names{"a @0", "b @1"}));

    auto lying = saved({base_layer()}, {"1/layer.tar"});
    lying["1/layer.tar"] = upper_layer();
    images = open_images(write_tar(folder.path() / "lying.tar", lying), standard.layer).value();
    EXPECT_TRUE(packages(*images[0])[0].starts_with("FAULT layer 1 of 1: the bytes are not"));

    lying["manifest.json"] = R"([{"Config":"c.json","Layers":["../../x"]}])";
    EXPECT_FALSE(open_images(write_tar(folder.path() / "out.tar", lying), standard.layer));
}

TEST(ImageSource, FollowsLinksBetweenSavedLayers) {
    const auto layer = base_layer();
    Tar tar;
    for (const auto& [name, bytes] : saved({layer, layer}, {"1/layer.tar", "2/layer.tar"})) {
        if (name != "2/layer.tar") tar.file(name, bytes);
    }
    tar.symlink("2/layer.tar", "../1/layer.tar").symlink("3/layer.tar", "../3/layer.tar");
    const Folder folder;
    std::ofstream(folder.path() / "saved.tar", std::ios::binary) << tar.end();
    auto images = open_images(folder.path() / "saved.tar", standard.layer).value();
    EXPECT_EQ(packages(*images[0]), Names{"a @0"});
}

TEST(ImageSource, WalksAFolderWithoutLeavingIt) {
    const Folder outside;
    write(outside.path(), {{"status", stanza("outside", "1")}});
    const Folder folder;
    write(folder.path(),
          {{"usr/lib/os-release", "ID=debian\nVERSION_ID=12\n"},
           {"var/lib/dpkg/status", stanza("a", "1")},
           {std::string(90, 'd') + "/" + std::string(90, 'e') + "/" + std::string(90, 'f') + "/file", "x"},
           {"big", std::string(1'000'000, 'b')}});
    fs::create_directories(folder.path() / "etc");
    fs::create_symlink("../usr/lib/os-release", folder.path() / "etc/os-release");
    fs::create_directory_symlink(outside.path(), folder.path() / "escape");
    fs::create_directories(folder.path() / "chroot/var/lib/dpkg");
    fs::create_symlink(outside.path() / "status", folder.path() / "chroot/var/lib/dpkg/status");
    ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);

    auto images = open_images(folder.path(), standard.layer).value();
    const auto inventory = inventory_of(*images[0], standard, nullptr);
    ASSERT_TRUE(inventory) << inventory.error().message;
    EXPECT_EQ(packages(*images[0]), Names{"a @0"});
    EXPECT_EQ(inventory->distribution->version_id, "12");
    EXPECT_TRUE(inventory->problems.empty());
}

class MemoryCache final : public LayerCache {
public:
    std::optional<std::string> find(const std::string& key) override {
        const auto at = kept.find(key);
        return at == kept.end() ? std::nullopt : std::optional(at->second);
    }
    void keep(const std::string& key, const std::string& bytes) override { kept[key] = bytes; }
    std::map<std::string, std::string> kept;
};

TEST(InventoryOf, ReadsALayerOnce) {
    Files files;
    finish(files, image(files, "amd64", {base_layer(), upper_layer(), base_layer()}));
    const Folder folder;
    write(folder.path(), files);
    MemoryCache cache;
    auto images = open_images(folder.path(), standard.layer).value();
    const auto first = inventory_of(*images[0], standard, &cache).value();
    EXPECT_EQ(cache.kept.size(), 2U);
    // From now on the layers' bytes are not needed.
    for (const auto& layer : images[0]->layers()) fs::remove(folder.path() / "blobs/sha256" / layer.digest.substr(7));
    const auto again = inventory_of(*images[0], standard, &cache).value();
    EXPECT_EQ(again.packages, first.packages);
    EXPECT_EQ(again.distribution, first.distribution);
    // Bytes that do not fit are no answer.
    for (auto& [key, bytes] : cache.kept) bytes = "something else";
    EXPECT_FALSE(inventory_of(*images[0], standard, &cache));
}

// A layer that is not to be distributed is read where it is, and else is a gap.
TEST(InventoryOf, LeavesOutForeignLayersThatAreNotThere) {
    for (const auto* type : {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                             "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}) {
        Files files;
        const auto foreign = add(files, Tar().file("x", "y").end());
        const auto manifest = R"({"config":)" + add(files, config("amd64", {})) +
                              R"(,"mediaType":"application/vnd.oci.image.config.v1+json"},"layers":[)" + foreign +
                              R"(,"mediaType":")" + type + "\"}," + add(files, base_layer()) + "}]}";
        finish(files, add(files, manifest) + '}');
        const Folder folder;
        write(folder.path(), files);
        auto images = open_images(folder.path(), standard.layer).value();
        EXPECT_TRUE(inventory_of(*images[0], standard, nullptr).value().gaps.empty());
        fs::remove(folder.path() / "blobs/sha256" / images[0]->layers()[0].digest.substr(7));
        images = open_images(folder.path(), standard.layer).value();
        EXPECT_EQ(packages(*images[0]), Names{"a @1"});
        const auto inventory = inventory_of(*images[0], standard, nullptr).value();
        EXPECT_EQ(inventory.gaps, Names{"layer 1 is foreign: it is not kept with the image, and was not looked at"});
        EXPECT_EQ(inventory.problems, inventory.gaps);
    }
}

TEST(InventoryOf, KeepsToItsLimits) {
    Files files;
    finish(files, image(files, "amd64", {base_layer(), upper_layer()}));
    const Folder folder;
    write(folder.path(), files);
    auto images = open_images(folder.path(), standard.layer).value();
    const auto fault = [&](const Limits& limits) { return inventory_of(*images[0], limits, nullptr).error().message; };
    Limits limits;
    limits.layers = 1;
    EXPECT_EQ(fault(limits), "the image has more than the 1 layers allowed");
    limits = {};
    limits.found_bytes_of_image = 2;
    EXPECT_EQ(fault(limits), "what the image's layers hold takes more than the 2 bytes allowed");
    limits = {};
    limits.layer.entries = 1;
    EXPECT_EQ(fault(limits), "layer 1 of 2: the archive has more than the 1 entries allowed");
    limits = {};
    limits.layer.out_of_time = [] { return true; };
    EXPECT_EQ(fault(limits), "layer 1 of 2: reading the archive took too long");
}

}  // namespace
}  // namespace berth::inventory
