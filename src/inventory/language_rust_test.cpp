#include "inventory/language_rust.hpp"

#include "inventory/executable.hpp"
#include "inventory/language_test_support.hpp"

namespace berth::inventory {
namespace {

Names in_program(std::string_view bytes) {
    return packages_in(read_rust_program, "usr/bin/hello", bytes);
}

TEST(RustProgram, ReadsTheListOfCargoAuditable) {
    // Neither the program itself nor version_check, which only its build needed.
    EXPECT_EQ(in_program(unpacked_fixture("rust-linux-amd64.gz")),
              (Names{"itoa 1.0.19", "libc 0.2.191", "time 0.1.44"}));
}

TEST(RustProgram, OtherProgramsHaveNoList) {
    EXPECT_EQ(in_program(unpacked_fixture("go-linux-amd64.gz")), Names{});
    EXPECT_EQ(in_program("\x7F"
                         "ELF"),
              Names{});
    EXPECT_EQ(in_program(""), Names{});
}

TEST(RustProgram, SaysWhatIsWrongWithAList) {
    auto file = unpacked_fixture("rust-linux-amd64.gz");
    const auto program = parse_executable(file);
    ASSERT_TRUE(program);
    const auto* section = program->section(".dep-v0");
    ASSERT_NE(section, nullptr);
    file[static_cast<std::size_t>(section->bytes.data() - file.data()) + 20] ^= 0x55;
    EXPECT_TRUE(in_program(file).front().starts_with("fault: "));
}

TEST(CargoLock, ReadsCratesFromOutsideTheTree) {
    EXPECT_TRUE(wants(is_cargo_lock, "src/Cargo.lock"));
    const auto found = packages_in(read_cargo_lock, "Cargo.lock", fixture("Cargo.lock"));
    ASSERT_EQ(found.size(), 8U);
    EXPECT_EQ(found.front(), "itoa 1.0.19");
    EXPECT_EQ(found[2], "time 0.1.44");
    EXPECT_EQ(found[4], "wasi 0.10.0+wasi-snapshot-preview1");
    EXPECT_EQ(found.back(), "winapi-x86_64-pc-windows-gnu 0.4.0");
}

TEST(CargoLock, OnlyPackagesCount) {
    EXPECT_EQ(
        packages_in(read_cargo_lock, "Cargo.lock",
                    "[[patch.unused]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"x\"\n"
                    "[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"x\"\n[metadata]\n"
                    "name = \"c\"\nversion = \"1.0.0\"\nsource = \"x\"\n[[package]]\nname = \"d\"\nsource = \"x\"\n"),
        Names{"b 1.0.0"});
}

}  // namespace
}  // namespace berth::inventory
