#include "inventory/language_test_support.hpp"

#include <set>

namespace berth::inventory {
namespace {

// The readers that want a file, joined by commas.
std::string readers_of(std::string_view path, Scope scope, std::uint32_t mode = 0644) {
    std::string names;
    for (const auto& reader : language_readers()) {
        if (reader.scope == Scope::source_tree && scope != Scope::source_tree) continue;
        if (!reader.wants({.path = path, .size = 1, .mode = mode})) continue;
        names += (names.empty() ? "" : ",") + std::string(reader.name);
    }
    return names;
}

TEST(LanguageReaders, EachRowIsComplete) {
    std::set<std::string_view> names;
    for (const auto& reader : language_readers()) {
        EXPECT_TRUE(names.insert(reader.name).second) << reader.name;
        EXPECT_NE(reader.wants, nullptr) << reader.name;
        EXPECT_NE(reader.read, nullptr) << reader.name;
        EXPECT_GT(reader.max_bytes, 0U) << reader.name;
        EXPECT_EQ(reader.marker.empty(), reader.excerpt_bytes == 0) << reader.name;
    }
}

TEST(LanguageReaders, ImagesShowWhatIsInstalled) {
    const auto in_image = [](std::string_view path) { return readers_of(path, Scope::anywhere); };
    EXPECT_EQ(in_image("app/node_modules/lodash/package.json"), "npm");
    EXPECT_EQ(in_image("usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA"), "python");
    EXPECT_EQ(in_image("site-packages/x-1.0-py3.11.egg"), "python egg");
    EXPECT_EQ(in_image("srv/app.war"), "java");
    EXPECT_EQ(in_image("usr/specifications/rack-2.2.3.gemspec"), "gem");
    EXPECT_EQ(in_image("app/App.deps.json"), ".net");
    EXPECT_EQ(in_image("vendor/composer/installed.json"), "composer");
    EXPECT_EQ(in_image("app/hello.exe"), "program");
    EXPECT_EQ(readers_of("usr/bin/hello", Scope::anywhere, 0755), "program");
    EXPECT_EQ(in_image("usr/bin/hello"), "");
    for (const auto path : {"package-lock.json", "go.mod", "go.sum", "Cargo.lock", "Gemfile.lock", "packages.lock.json",
                            "composer.lock", "etc/passwd"}) {
        EXPECT_EQ(in_image(path), "") << path;
    }
}

TEST(LanguageReaders, SourceTreesShowWhatIsMeant) {
    const auto in_tree = [](std::string_view path) { return readers_of(path, Scope::source_tree); };
    EXPECT_EQ(in_tree("package-lock.json"), "npm lock");
    EXPECT_EQ(in_tree("go.mod"), "go.mod");
    EXPECT_EQ(in_tree("go.sum"), "go.sum");
    EXPECT_EQ(in_tree("Cargo.lock"), "cargo lock");
    EXPECT_EQ(in_tree("Gemfile.lock"), "gem lock");
    EXPECT_EQ(in_tree("packages.lock.json"), "nuget lock");
    EXPECT_EQ(in_tree("composer.lock"), "composer lock");
}

TEST(LanguageReaders, OneReaderSeesEveryKindOfProgram) {
    for (const auto& reader : language_readers()) {
        if (reader.name != "program") continue;
        const auto go = unpacked_fixture("go-linux-amd64.gz");
        const auto rust = unpacked_fixture("rust-linux-amd64.gz");
        EXPECT_TRUE(reader.recognises(std::as_bytes(std::span(go)).first(FileReader::first_bytes)));
        EXPECT_FALSE(reader.recognises(std::as_bytes(std::span("#!/bin/sh\n123456"))));
        const auto modules = reader.read(content_of("x", go));
        ASSERT_TRUE(modules);
        EXPECT_EQ(modules->packages.front().name, "stdlib");
        const auto crates = reader.read(content_of("x", rust));
        ASSERT_TRUE(crates);
        EXPECT_EQ(crates->packages.front().name, "itoa");
    }
}

}  // namespace
}  // namespace berth::inventory
