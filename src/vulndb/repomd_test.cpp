#include "vulndb/repomd.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

namespace berth::vulndb {
namespace {

const std::string digest(64, 'a');

std::string data(const std::string& type, const std::string& checksum, const std::string& location) {
    return "<data type=\"" + type + "\">" + checksum + "<open-checksum type=\"sha256\">" + std::string(64, 'f') +
           "</open-checksum><location href=\"" + location + "\"/></data>";
}

std::string sha256(const std::string& value) {
    return "<checksum type=\"sha256\">" + value + "</checksum>";
}

Result<IndexedFile> find(const std::string& entries) {
    const auto text =
        R"(<?xml version="1.0"?><repomd xmlns="http://linux.duke.edu/metadata/repo">)" + entries + "</repomd>";
    archive::MemorySource source(std::as_bytes(std::span(text)));
    return find_in_repomd(source, "updateinfo");
}

TEST(Repomd, FindsTheFileOfAType) {
    const auto found = find(data("primary", sha256(std::string(64, 'b')), "repodata/primary.xml.gz") +
                            data("updateinfo", sha256(digest), "repodata/updateinfo.xml.gz") +
                            data("group", sha256(std::string(64, 'c')), "repodata/comps.xml"));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->location, "repodata/updateinfo.xml.gz");
    EXPECT_EQ(found->sha256, digest);
}

TEST(Repomd, RefusesWhatItCannotCheck) {
    EXPECT_FALSE(find(data("updateinfo", "<checksum type=\"sha\">" + digest + "</checksum>", "repodata/u.xml.gz")));
    EXPECT_FALSE(find(data("updateinfo", sha256("short"), "repodata/u.xml.gz")));
    EXPECT_FALSE(find(data("updateinfo", "", "repodata/u.xml.gz")));
    EXPECT_FALSE(find(data("primary", sha256(digest), "repodata/primary.xml.gz")));
    EXPECT_FALSE(find(""));
}

TEST(Repomd, AFileIsInItsRepository) {
    for (const std::string location :
         {"", "/u.xml.gz", "../u.xml.gz", "a/../../u.xml.gz", "https://elsewhere/u.xml.gz"})
        EXPECT_FALSE(find(data("updateinfo", sha256(digest), location))) << location;
}

TEST(Repomd, RefusesAnotherDocument) {
    const std::string text = "<html><data type=\"updateinfo\"/></html>";
    archive::MemorySource source(std::as_bytes(std::span(text)));
    EXPECT_FALSE(find_in_repomd(source, "updateinfo"));
}

TEST(MirrorList, HasAnAddressALine) {
    const auto mirrors = parse_mirror_list(
        "# mirrors\nhttps://one.example/2/core \r\n\nftp://two.example/\n"
        "http://three.example/core/");
    EXPECT_EQ(mirrors, (std::vector<std::string>{"https://one.example/2/core", "http://three.example/core"}));
}

TEST(MirrorList, IsNotReadWithoutEnd) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "https://" + std::to_string(i) + ".example/\n";
    EXPECT_EQ(parse_mirror_list(text).size(), 16U);
    EXPECT_TRUE(parse_mirror_list("https://" + std::string(5000, 'a')).empty());
}

}  // namespace
}  // namespace berth::vulndb
