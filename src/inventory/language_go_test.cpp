#include "inventory/language_go.hpp"

#include "inventory/language_test_support.hpp"

namespace berth::inventory {
namespace {

const Names hello = {"stdlib 1.26.8", "golang.org/x/text 0.3.0", "rsc.io/quote 1.5.1", "rsc.io/sampler 1.3.0"};

void put(std::string& into, std::size_t at, std::uint64_t value, std::size_t width, bool big) {
    for (std::size_t i = 0; i < width; ++i) into[at + (big ? width - 1 - i : i)] = static_cast<char>(value >> (8 * i));
}

// An ELF file without a table of sections: one writable segment at 0x400000 that is the file itself, and build
// information at 0x100 in the form of Go before 1.18, by addresses.
std::string old_program(std::size_t width, bool big, std::string_view toolchain, std::string_view modules) {
    constexpr std::uint64_t base = 0x400000;
    const bool wide = width == 8;
    std::string file(0x1000, '\0');
    file.replace(0, 4,
                 "\x7F"
                 "ELF");
    file[4] = wide ? 2 : 1;
    file[5] = big ? 2 : 1;
    put(file, 24 + width, 0x40, width, big);                   // the segments' table
    put(file, wide ? 54 : 42, wide ? 56 : 32, 2, big);         // an entry's size
    put(file, wide ? 56 : 44, 1, 2, big);                      // how many
    put(file, 0x40, 1, 4, big);                                // loaded
    put(file, wide ? 0x44 : 0x58, 2, 4, big);                  // writable
    put(file, 0x40 + (wide ? 16U : 8U), base, width, big);     // its address; the offset stays 0
    put(file, 0x40 + (wide ? 32U : 16U), 0x1000, width, big);  // its size
    file.replace(0x100, go_build_info_marker.size(), go_build_info_marker);
    file[0x10E] = static_cast<char>(width);
    file[0x10F] = big ? 1 : 0;
    put(file, 0x110, base + 0x200, width, big);
    put(file, 0x110 + width, base + 0x240, width, big);
    put(file, 0x200, base + 0x300, width, big);
    put(file, 0x200 + width, toolchain.size(), width, big);
    put(file, 0x240, base + 0x340, width, big);
    put(file, 0x240 + width, modules.size(), width, big);
    file.replace(0x300, toolchain.size(), toolchain);
    file.replace(0x340, modules.size(), modules);
    return file;
}

std::string marked(std::string_view modules) {
    return std::string(16, '<') + std::string(modules) + std::string(16, '>');
}

std::string inline_info(std::string_view toolchain, std::string_view modules) {
    std::string info(go_build_info_marker);
    info += "\x08\x02";
    info.resize(32);
    info += static_cast<char>(toolchain.size());
    info += toolchain;
    info += static_cast<char>(modules.size());
    return info += modules;
}

Names in_program(std::string_view bytes) {
    return packages_in(read_go_program, "usr/bin/hello", bytes);
}

TEST(GoProgram, ReadsWhatTheLinkerWroteForEverySystem) {
    for (const auto name : {"go-linux-amd64.gz", "go-linux-s390x.gz", "go-windows-amd64.gz", "go-darwin-arm64.gz"}) {
        EXPECT_EQ(in_program(unpacked_fixture(name)), hello) << name;
    }
}

TEST(GoProgram, ReadsTheFirstPartOfAMachOFileForSeveralArchitectures) {
    const auto thin = unpacked_fixture("go-darwin-arm64.gz");
    std::string fat("\xCA\xFE\xBA\xBE\0\0\0\1", 8);
    fat.resize(4096);
    put(fat, 16, 4096, 4, true);
    put(fat, 20, thin.size(), 4, true);
    EXPECT_EQ(in_program(fat + thin), hello);
}

TEST(GoProgram, FollowsTheAddressesOfOlderPrograms) {
    const auto modules = marked("path\tx\nmod\texample.com/main\tv1.2.3\th1:a\ndep\ta.b/c\tv0.1.0\th1:b\n");
    const Names expected = {"stdlib 1.17.0", "example.com/main 1.2.3", "a.b/c 0.1.0"};
    for (const std::size_t width : {4U, 8U}) {
        EXPECT_EQ(in_program(old_program(width, false, "go1.17", modules)), expected) << width;
        EXPECT_EQ(in_program(old_program(width, true, "go1.17", modules)), expected) << width;
    }
}

TEST(GoProgram, AddressesThatLeadNowhereGiveNothing) {
    auto file = old_program(8, false, "go1.17", marked("dep\ta.b/c\tv0.1.0\n"));
    put(file, 0x200 + 8, UINT64_MAX, 8, false);
    put(file, 0x240, UINT64_MAX, 8, false);
    EXPECT_EQ(in_program(file), Names{});
    put(file, 0x110, 7, 8, false);
    EXPECT_EQ(in_program(file), Names{});
}

TEST(GoProgram, WithoutAVersionThereIsNoPackage) {
    const auto info = inline_info("devel go1.23-0123456 X:aliastypes",
                                  marked("mod\texample.com/m\t(devel)\t\ndep\ta.b/c\tv1.0.0\th1:x\n=>\t./c\t\t\n"
                                         "dep\td.e/f\tv2.0.0+incompatible\th1:y\n"));
    FileContent content = content_of("usr/bin/large", info);
    content.excerpt = true;
    const auto packages = read_go_program(content);
    ASSERT_TRUE(packages);
    ASSERT_EQ(packages->size(), 1U);
    EXPECT_EQ(packages->front().name, "d.e/f");
    EXPECT_EQ(packages->front().version, "2.0.0+incompatible");
    EXPECT_EQ(packages->front().type, PackageType::go);
}

TEST(GoProgram, AnExcerptThatIsNoneIsAProblem) {
    auto info = inline_info("go1.20", marked("dep\ta.b/c\tv1.0.0\th1:x\n"));
    FileContent content = content_of("usr/bin/large", info);
    content.excerpt = true;
    EXPECT_TRUE(read_go_program(content));
    for (const auto& bytes : {info.substr(0, 31), info.substr(0, 34), inline_info("\1\2\3", "x")}) {
        content.bytes = std::as_bytes(std::span(bytes));
        EXPECT_FALSE(read_go_program(content));
    }
}

TEST(GoProgram, OtherFilesHaveNoModules) {
    EXPECT_EQ(in_program(""), Names{});
    EXPECT_EQ(in_program("#!/bin/sh\n"), Names{});
    EXPECT_EQ(in_program(unpacked_fixture("rust-linux-amd64.gz")), Names{});
    // The marker as a constant, not where the linker would align it.
    auto file = old_program(8, false, "go1.17", "");
    file.erase(0x80, 8);
    EXPECT_EQ(in_program(file), Names{});
}

TEST(GoProgram, ACutFileNeverReadsBehindItsEnd) {
    const auto whole = old_program(8, false, "go1.17", marked("dep\ta.b/c\tv0.1.0\n"));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto packages = read_go_program(content_of("x", whole.substr(0, size)));
        ASSERT_TRUE(packages && packages->empty());
    }
}

TEST(GoToolchain, IsNumberedAsAdvisoriesNumberIt) {
    EXPECT_EQ(go_toolchain_version("go1.20"), "1.20.0");
    EXPECT_EQ(go_toolchain_version("go1.21.3"), "1.21.3");
    EXPECT_EQ(go_toolchain_version("go1.21rc2"), "1.21.0-rc.2");
    EXPECT_EQ(go_toolchain_version("go1.9beta1"), "1.9.0-beta.1");
    EXPECT_EQ(go_toolchain_version("go1.22.1 X:boringcrypto"), "1.22.1");
    EXPECT_EQ(go_toolchain_version("go1.22.1-bigcorp"), "1.22.1");
    for (const auto text : {"", "go", "devel +0123", "devel go1.23-0123", "1.20", "gox"}) {
        EXPECT_EQ(go_toolchain_version(text), "") << text;
    }
}

TEST(GoModule, ReadsWhatIsRequiredAndWhatReplacesIt) {
    EXPECT_EQ(packages_in(read_go_module, "go.mod", fixture("go.mod.txt")),
              (Names{"golang.org/x/text 0.3.0", "rsc.io/quote 1.5.1", "rsc.io/sampler 1.3.0"}));
}

TEST(GoModule, KnowsTheWholeGrammarOfItsLines) {
    EXPECT_EQ(packages_in(read_go_module, "go.mod", R"(// require not.a/module v1.0.0
module "example.com/m" // comment
go 1.21
require a.a/one v1.0.0 // indirect
require(
	"b.b/two" v2.0.0
	c.c/three v3.0.0
	d.d/four v4.0.0
	// e.e/five v5.0.0
)
replace b.b/two v2.0.0 => b.b/fork v2.1.0
replace (
	b.b/two => b.b/all v9.0.0
	c.c/three v3.9.9 => c.c/other v0.0.1
	d.d/four => ../four
)
exclude f.f/six v6.0.0
retract [v1.0.0, v1.1.0]
)"),
              (Names{"a.a/one 1.0.0", "b.b/fork 2.1.0", "c.c/three 3.0.0"}));
}

TEST(GoSum, GivesTheNewestVersionWhoseContentWasNeeded) {
    const auto text =
        fixture("go.sum.txt") + "a.a/b v1.0.0 h1:x=\na.a/b v1.2.0 h1:y=\na.a/b v1.3.0/go.mod h1:z=\nodd\n";
    EXPECT_EQ(packages_in(read_go_sum, "go.sum", text),
              (Names{"golang.org/x/text 0.3.0", "rsc.io/quote 1.5.1", "rsc.io/sampler 1.3.0", "a.a/b 1.2.0"}));
    EXPECT_EQ(read_go_sum(content_of("go.sum", text))->front().confidence, Confidence::guessed);
}

}  // namespace
}  // namespace berth::inventory
