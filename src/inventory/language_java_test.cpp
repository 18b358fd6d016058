#include "inventory/language_java.hpp"

#include "inventory/language_test_support.hpp"

#include <zlib.h>

namespace berth::inventory {
namespace {

struct File {
    std::string name;
    std::string bytes;
};

void put(std::string& into, std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i, value >>= 8U) into += static_cast<char>(value);
}

// A zip file with entries that are not compressed.
std::string zip(const std::vector<File>& files) {
    std::string out;
    std::string directory;
    for (const auto& [name, bytes] : files) {
        const auto crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
        std::string common;
        put(common, 20, 2);
        put(common, 0, 8);
        put(common, crc, 4);
        put(common, bytes.size(), 4);
        put(common, bytes.size(), 4);
        put(common, name.size(), 2);
        put(common, 0, 2);
        directory += "PK\1\2";
        put(directory, 20, 2);
        directory += common;
        put(directory, 0, 10);
        put(directory, out.size(), 4);
        directory += name;
        out += "PK\3\4" + common + name + bytes;
    }
    const auto start = out.size();
    out += directory + "PK\5\6";
    put(out, 0, 4);
    put(out, files.size(), 2);
    put(out, files.size(), 2);
    put(out, directory.size(), 4);
    put(out, start, 4);
    put(out, 0, 2);
    return out;
}

File pom(const std::string& group, const std::string& artifact, const std::string& version) {
    return {.name = "META-INF/maven/" + group + '/' + artifact + "/pom.properties",
            .bytes = "groupId=" + group + "\nartifactId=" + artifact + "\nversion=" + version + '\n'};
}

Names in_archive(std::string_view path, std::string_view bytes) {
    const auto read = [](const FileContent& content) -> Result<std::vector<Package>> {
        auto facts = read_java_archive(content);
        if (!facts) return fail(std::move(facts));
        return std::move(facts->packages);
    };
    return packages_in(read, path, bytes);
}

TEST(Java, WantsArchives) {
    for (const auto path : {"app.jar", "opt/a.war", "a.ear", "a.par"})
        EXPECT_TRUE(wants(is_java_archive, path)) << path;
    for (const auto path : {"jar", "a.jar.sha1", "a.zip"}) EXPECT_FALSE(wants(is_java_archive, path)) << path;
}

TEST(Java, ReadsWhatMavenMakes) {
    EXPECT_EQ(in_archive("lib-1.2.3.jar", fixture("lib-1.2.3.jar")), Names{"org.example.berth:lib 1.2.3"});
    EXPECT_EQ(in_archive("x/shaded-1.2.3.jar", fixture("shaded-1.2.3.jar")),
              (Names{"org.example.berth:shaded 1.2.3", "org.example.berth:lib 1.2.3"}));
}

TEST(Java, ReadsArchivesInsideWithTheirPlace) {
    const auto facts = read_java_archive(content_of("srv/app-1.2.3.war", fixture("app-1.2.3.war")));
    ASSERT_TRUE(facts);
    ASSERT_EQ(facts->packages.size(), 2U);
    EXPECT_EQ(facts->packages[0].name, "org.example.berth:app");
    EXPECT_EQ(facts->packages[0].path, "srv/app-1.2.3.war");
    EXPECT_EQ(facts->packages[1].name, "org.example.berth:lib");
    EXPECT_EQ(facts->packages[1].path, "srv/app-1.2.3.war!/WEB-INF/lib/lib-1.2.3.jar");
    EXPECT_EQ(facts->packages[1].confidence, Confidence::certain);
}

TEST(Java, GuessesWithoutPomProperties) {
    const auto bytes =
        zip({{.name = "META-INF/MANIFEST.MF", .bytes = "Bundle-SymbolicName: org.apache.commons.lang3\n"}});
    const auto facts = read_java_archive(content_of("lib/commons-lang3-3.12.0.jar", bytes));
    ASSERT_TRUE(facts);
    ASSERT_EQ(facts->packages.size(), 1U);
    EXPECT_EQ(facts->packages.front().name, "org.apache.commons:commons-lang3");
    EXPECT_EQ(facts->packages.front().confidence, Confidence::guessed);
    EXPECT_EQ(in_archive("log4j-core-2.14.1.jar", zip({})), Names{"log4j-core 2.14.1"});
    EXPECT_EQ(in_archive("app.jar", zip({})), Names{});
}

TEST(Java, AShadedArchiveMayLackItsOwnName) {
    const auto two = zip({pom("a", "one", "1.0"), pom("a", "two", "2.0"), pom("a", "two", "2.0")});
    EXPECT_EQ(in_archive("tool-9.0.jar", two), (Names{"a:one 1.0", "a:two 2.0", "tool 9.0"}));
    EXPECT_EQ(in_archive("two-2.0.jar", two), (Names{"a:one 1.0", "a:two 2.0"}));
    EXPECT_EQ(in_archive("renamed-1.0.jar", zip({pom("a", "one", "1.0")})), Names{"a:one 1.0"});
    EXPECT_EQ(in_archive("tool-9.0.jar", zip({pom("a", "one", "1.0")})), (Names{"a:one 1.0", "tool 9.0"}));
}

TEST(Java, NestingEnds) {
    auto bytes = zip({pom("a", "inner", "1")});
    for (int i = 0; i < 6; ++i)
        bytes = zip({{.name = "in.jar", .bytes = bytes}, pom("a", "l" + std::to_string(i), "1")});
    const auto archive = read_java_archive(content_of("out.jar", bytes));
    ASSERT_TRUE(archive);
    EXPECT_EQ(archive->packages.size(), 4U);
    ASSERT_EQ(archive->problems.size(), 1U);
    EXPECT_EQ(archive->problems.front(),
              "out.jar!/in.jar!/in.jar!/in.jar!/in.jar: archives inside archives are nested too deeply");
}

TEST(Java, LimitsHoldForAllArchivesTogether) {
    const auto inner = zip({pom("a", "b", "1")});
    std::vector<File> files;
    for (int i = 0; i < 10; ++i) files.push_back({.name = std::to_string(i) + ".jar", .bytes = inner});
    const auto bytes = zip(files);
    const auto found = [&](const JavaLimits& limits) {
        const auto archive = open_java_archive(content_of("x.jar", bytes), limits);
        return archive ? std::pair(archive->packages.size(), archive->problems.size()) : std::pair<size_t, size_t>{};
    };
    EXPECT_EQ(found({}), std::pair(10UL, 0UL));
    EXPECT_EQ(found({.entries = 14}), std::pair(4UL, 6UL));
    EXPECT_EQ(found({.unpacked_bytes = 3 * inner.size() + 200}), std::pair(3UL, 7UL));
    EXPECT_EQ(found({.nested_bytes = inner.size() - 1}), std::pair(0UL, 10UL));
    EXPECT_EQ(found({.entries = 5}), (std::pair<size_t, size_t>{}));
}

TEST(Java, ABrokenArchiveInsideSpoilsNothingElse) {
    const auto bytes = zip({{.name = "broken.jar", .bytes = "no zip"}, pom("a", "b", "1")});
    const auto archive = read_java_archive(content_of("x.jar", bytes));
    ASSERT_TRUE(archive);
    EXPECT_EQ(archive->packages.size(), 1U);
    ASSERT_EQ(archive->problems.size(), 1U);
    EXPECT_TRUE(archive->problems.front().starts_with("x.jar!/broken.jar: "));
    EXPECT_TRUE(in_archive("x.jar", "no zip").front().starts_with("fault: "));
}

TEST(Java, ACutArchiveIsRefusedOrRead) {
    const auto whole = fixture("app-1.2.3.war");
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        EXPECT_FALSE(read_java_archive(content_of("x.war", std::string_view(whole).substr(0, size)))) << size;
    }
}

}  // namespace
}  // namespace berth::inventory
