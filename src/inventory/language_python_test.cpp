#include "inventory/language_python.hpp"

#include "inventory/language_test_support.hpp"

#include <rapidcheck.h>

namespace berth::inventory {
namespace {

Names metadata(std::string_view text) {
    return packages_in(read_python_metadata, "x.dist-info/METADATA", text);
}

std::vector<std::string> licences(std::string_view fields) {
    const auto text = "Name: x\nVersion: 1\n" + std::string(fields);
    const auto packages = read_python_metadata(content_of("x.dist-info/METADATA", text));
    return packages ? packages->front().licences : std::vector<std::string>{"fault"};
}

TEST(Python, Trap18NamesHaveOneSpelling) {
    EXPECT_EQ(normalised_python_name("My.Old_-_Project"), "my-old-project");
    EXPECT_EQ(normalised_python_name("zope.interface"), "zope-interface");
    rc::check("normalising twice changes nothing", [](const std::string& name) {
        const auto once = normalised_python_name(name);
        RC_ASSERT(normalised_python_name(once) == once);
    });
}

TEST(Python, WantsWhatInstallersLeave) {
    for (const auto path : {"usr/lib/python3/dist-packages/requests-2.19.0.dist-info/METADATA",
                            "usr/lib/python3/dist-packages/six-1.16.0.egg-info",
                            "usr/lib/python3/dist-packages/x.egg-info/PKG-INFO", "x.egg/EGG-INFO/PKG-INFO"}) {
        EXPECT_TRUE(wants(is_python_metadata, path)) << path;
    }
    for (const auto path : {"METADATA", "x.dist-info/RECORD", "PKG-INFO", "x.egg-info/SOURCES.txt", ".egg-info"}) {
        EXPECT_FALSE(wants(is_python_metadata, path)) << path;
    }
    EXPECT_TRUE(wants(is_python_egg, "site-packages/x-1.0-py3.11.egg"));
    EXPECT_FALSE(wants(is_python_egg, "site-packages/x.eggs"));
}

TEST(Python, ReadsTheHeaderAndNothingBehindIt) {
    EXPECT_EQ(
        metadata("Metadata-Version: 2.0\r\nName: requests\r\nVersion: 2.19.0\r\n\r\nName: other\r\nVersion: 1\r\n"),
        Names{"requests 2.19.0"});
    EXPECT_EQ(metadata("name: X\nVERSION: 1!2.0.post1+local"), Names{"x 1!2.0.post1+local"});
    EXPECT_EQ(metadata("License: a\n Name: not-me\nName: me\nVersion: 1\n"), Names{"me 1"});
}

TEST(Python, SaysWhenNoPackageIsNamed) {
    for (const auto text : {"", "Name: x\n", "Version: 1\n", "Name: x\n\nVersion: 1\n", "\n\n", ":::\n"}) {
        EXPECT_EQ(metadata(text), Names{"fault: the metadata name no package and version"}) << text;
    }
}

TEST(Python, ChoosesTheBestLicence) {
    EXPECT_EQ(licences("License: Apache 2.0\nLicense-Expression: Apache-2.0\n"), Names{"Apache-2.0"});
    EXPECT_EQ(licences("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n"), Names{"MIT License"});
    EXPECT_EQ(licences("License: " + std::string(200, 'x')), Names{});
}

TEST(Python, ReadsAZippedEgg) {
    EXPECT_EQ(packages_in(read_python_egg, "my-old-project.egg", fixture("my-old-project.egg")),
              Names{"my-old-project 1.0.post1"});
    EXPECT_TRUE(packages_in(read_python_egg, "x.egg", "no zip").front().starts_with("fault: "));
}

}  // namespace
}  // namespace berth::inventory
