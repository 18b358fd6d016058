#include "archive/tar.hpp"

#include "archive/path.hpp"
#include "testing/archives.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace berth::archive {
namespace {

using testing::as_bytes;
using testing::Tar;

// "path", "path=content", "path -> link" ...; the fault's text last where there is one.
std::vector<std::string> listing(std::string_view bytes, const Limits& limits = {}) {
    MemorySource source(as_bytes(bytes));
    TarReader tar(source, limits);
    std::vector<std::string> lines;
    for (;;) {
        auto entry = tar.next();
        if (!entry) lines.push_back("FAULT " + entry.error().message);
        if (!entry || *entry == nullptr) return lines;
        auto line = (*entry)->path;
        if ((*entry)->leads_out) line += " leads out";
        switch ((*entry)->kind) {
            case EntryKind::file: {
                auto content = tar.whole(1'000'000);
                if (!content) {
                    lines.push_back("FAULT " + content.error().message);
                    return lines;
                }
                line += '=' + std::string(reinterpret_cast<const char*>(content->data()), content->size());
                break;
            }
            case EntryKind::sparse_file:
                line += " sparse";
                break;
            case EntryKind::directory:
                line += '/';
                break;
            case EntryKind::symlink:
                line += " -> " + (*entry)->link;
                break;
            case EntryKind::hard_link:
                line += " == " + (*entry)->link;
                break;
            case EntryKind::other:
                line += " other";
                break;
        }
        lines.push_back(line);
    }
}

using Lines = std::vector<std::string>;

TEST(Tar, ListsEveryKind) {
    const auto bytes = Tar()
                           .folder("./")
                           .folder("./usr/")
                           .file("/usr/a", "alpha")
                           .symlink("usr/b", "../etc/b")
                           .hard_link("usr//c", "./usr/a")
                           .header("dev/null", '3', 0, "", 0666)
                           .header("pipe", '6', 0, "", 0666)
                           .file("empty", "")
                           .end();
    EXPECT_EQ(listing(bytes), (Lines{"/", "usr/", "usr/a=alpha", "usr/b -> ../etc/b", "usr/c == usr/a",
                                     "dev/null other", "pipe other", "empty="}));
}

TEST(Tar, TakesLongNamesOfPaxAndGnu) {
    const std::string longer = std::string(150, 'd') + '/' + std::string(150, 'f');
    EXPECT_EQ(listing(Tar().pax("path", longer).file("short", "1").file("next", "2").end()),
              (Lines{longer + "=1", "next=2"}));
    EXPECT_EQ(listing(Tar().gnu_long('L', longer).file("short", "1").file("next", "2").end()),
              (Lines{longer + "=1", "next=2"}));
    EXPECT_EQ(listing(Tar().gnu_long('K', longer).gnu_long('L', "x/y").symlink("short", "t").end()),
              (Lines{"x/y -> " + longer}));
    EXPECT_EQ(listing(Tar().pax("linkpath", longer).hard_link("h", "t").end()), (Lines{"h == " + longer}));
    // Both at once: Go lets the GNU name win.
    EXPECT_EQ(listing(Tar().gnu_long('L', "gnu").pax("path", "pax").file("short", "").end()), (Lines{"pax="}));
    EXPECT_EQ(listing(Tar().pax("path", "pax").gnu_long('L', "gnu").file("short", "").end()), (Lines{"gnu="}));
}

TEST(Tar, JoinsTheUstarPrefix) {
    char block[512] = {};
    std::memcpy(block, "name", 4);
    std::memcpy(block + 257, "ustar\00000", 8);
    std::memcpy(block + 345, "some/prefix", 11);
    block[156] = '0';
    EXPECT_EQ(listing(Tar().sealed(block).end()), (Lines{"some/prefix/name="}));
}

TEST(Tar, BelievesTheSizeOfPaxOverTheHeader) {
    EXPECT_EQ(listing(Tar().pax("size", "3").header("f", '0', 0, "", 0644).content("abc").file("g", "").end()),
              (Lines{"f=abc", "g="}));
}

TEST(Tar, IgnoresTheSizeOfLinksAndDevices) {
    EXPECT_EQ(listing(Tar().header("l", '1', 5000, "t", 0644).file("f", "x").end()), (Lines{"l == t", "f=x"}));
}

TEST(Tar, PassesOverSparseFiles) {
    char block[512] = {};
    std::memcpy(block, "old", 3);
    std::memcpy(block + 124, "00000001000", 11);
    block[156] = 'S';
    block[482] = 1;
    std::string map(512, '\1');
    std::string last_map(512, '\0');
    EXPECT_EQ(listing(Tar().sealed(block).content(map + last_map + std::string(512, 'd')).file("f", "x").end()),
              (Lines{"old sparse", "f=x"}));
    EXPECT_EQ(listing(Tar().pax("GNU.sparse.name", "real").file("GNUSparseFile.0/real", "data").file("f", "x").end()),
              (Lines{"real sparse", "f=x"}));
}

TEST(Tar, MarksNamesThatLeadOut) {
    EXPECT_EQ(listing(Tar().file("../etc/passwd", "x").file("a/../../b", "x").hard_link("h", "../../x").end()),
              (Lines{"../etc/passwd leads out=x", "a/../../b leads out=x", "h leads out == ../../x"}));
    EXPECT_EQ(listing(Tar().file("a/../b", "x").symlink("abs", "/etc/passwd").end()),
              (Lines{"b=x", "abs -> /etc/passwd"}));
}

TEST(Tar, NoticesWhatIsCutOff) {
    const auto whole = Tar().file("f", std::string(2000, 'x')).without_end();
    EXPECT_EQ(listing(whole).size(), 1U);  // an archive need not have its end blocks
    EXPECT_EQ(listing(whole.substr(0, 700)),
              (Lines{"FAULT the tar archive ends in the middle of an entry, after 700 bytes"}));
    EXPECT_EQ(listing(whole.substr(0, 300)),
              (Lines{"FAULT the tar archive ends in the middle of an entry, after 300 bytes"}));
    EXPECT_EQ(listing(""), Lines{});
}

TEST(Tar, RefusesLies) {
    EXPECT_EQ(listing(std::string(600, 'x')), (Lines{"FAULT no tar header at byte 0 of the tar archive"}));
    EXPECT_EQ(listing(Tar().header("f", '0', UINT64_MAX / 2, "", 0644).end()),
              (Lines{"FAULT an impossible size at byte 0 of the tar archive"}));
    EXPECT_EQ(listing(Tar().header("f", '0', std::uint64_t{1} << 60, "", 0644).end()),
              (Lines{"FAULT larger than the 1000000 bytes allowed"}));
    EXPECT_EQ(listing(Tar().header("x", 'x', 10, "", 0644).content("99 path=x\n").end()),
              (Lines{"FAULT a broken pax header at byte 522 of the tar archive"}));
    EXPECT_EQ(listing(Tar().header("x", 'L', 1U << 21, "", 0644).end()),
              (Lines{"FAULT an extended header over a MiB at byte 512 of the tar archive"}));
    EXPECT_EQ(listing(Tar().pax("path", std::string("a\0b", 3)).file("f", "").end()),
              (Lines{std::string("a\0b", 3) + " leads out="}));
}

TEST(Tar, KeepsToItsLimits) {
    EXPECT_EQ(listing(Tar().folder("a").folder("b").folder("c").end(), {.entries = 2}),
              (Lines{"a/", "b/", "FAULT the archive has more than the 2 entries allowed"}));
    EXPECT_EQ(listing(Tar().file("abcdef", "").end(), {.path_bytes = 5}),
              (Lines{"FAULT a path is longer than the 5 bytes allowed"}));
    EXPECT_EQ(listing(Tar().file("a/b/c/d", "").end(), {.path_depth = 3}),
              (Lines{"FAULT a path is deeper than the 3 folders allowed"}));
    EXPECT_EQ(listing(Tar().pax("comment", "1").pax("comment", "2").file("f", "").end(), {.entries = 2}),
              (Lines{"FAULT the archive has more than the 2 entries allowed"}));
}

TEST(Tar, PassesOverWhatIsNotReadAndGivesPartsOfWhatIs) {
    const auto bytes = Tar().file("big", std::string(1'000'000, 'x')).file("small", "y").end();
    MemorySource source(as_bytes(bytes));
    const Limits limits;
    TarReader tar(source, limits);
    ASSERT_EQ(tar.next().value()->path, "big");
    EXPECT_GT(tar.content().value().size(), 0U);
    ASSERT_EQ(tar.next().value()->path, "small");
    EXPECT_EQ(tar.content().value().size(), 1U);
    EXPECT_TRUE(tar.content().value().empty());
    EXPECT_EQ(tar.next().value(), nullptr);
    EXPECT_EQ(tar.next().value(), nullptr);
}

TEST(Path, IsRelativeAndPlain) {
    EXPECT_EQ(normal_path("./usr//bin/../lib/"), "usr/lib");
    EXPECT_EQ(normal_path("/"), "");
    EXPECT_EQ(normal_path("a/.."), "");
    EXPECT_EQ(normal_path(".."), std::nullopt);
    EXPECT_TRUE(rc::check([](const std::string& name) {
        const auto path = normal_path(name);
        if (path) RC_ASSERT(normal_path(*path) == path);
    }));
}

}  // namespace
}  // namespace berth::archive
