#include "inventory/language_npm.hpp"

#include "inventory/language_test_support.hpp"

namespace berth::inventory {
namespace {

Names installed(std::string_view text) {
    return packages_in(read_npm_package, "app/node_modules/x/package.json", text);
}

Names locked(std::string_view text) {
    return packages_in(read_npm_lock, "package-lock.json", text);
}

TEST(Npm, WantsWhatIsInstalled) {
    for (const auto path :
         {"node_modules/lodash/package.json", "app/node_modules/@babel/parser/package.json",
          "usr/lib/node_modules/npm/node_modules/tar/package.json",
          "node_modules/.pnpm/ms@2.0.0/node_modules/ms/package.json", "node_modules/test/node_modules/ms/package.json",
          "node_modules/@test/tests/node_modules/ms/package.json",
          "node_modules/next/dist/compiled/node_modules/ms/package.json"}) {
        EXPECT_TRUE(wants(is_npm_package, path)) << path;
    }
}

TEST(Npm, Trap19AnApplicationAndTestFixturesAreNoDependencies) {
    for (const auto path :
         {"package.json", "app/package.json", "node_modules/package.json", "node_modules/@babel/package.json",
          "node_modules/resolve/test/resolver/mylib/package.json", "node_modules/x/lib/package.json",
          "node_modules/x/test/node_modules/y/package.json", "node_modules/.cache/package.json",
          "node_modules/@s/x/fixtures/app/node_modules/y/package.json", "my_node_modules/x/package.json",
          "node_modules/x/package.json.bak", "node_modules/a/node_modules/b/tests/node_modules/c/package.json"}) {
        EXPECT_FALSE(wants(is_npm_package, path)) << path;
    }
}

TEST(Npm, ReadsNameVersionAndLicences) {
    const auto text = R"({"name":"@s/x","version":"1.2.3-rc.1","license":"MIT","licenses":[{"type":"ISC"},7]})";
    EXPECT_EQ(installed(text), Names{"@s/x 1.2.3-rc.1"});
    const auto packages = read_npm_package(content_of("node_modules/x/package.json", text));
    ASSERT_TRUE(packages);
    EXPECT_EQ(packages->front().type, PackageType::npm);
    EXPECT_EQ(packages->front().licences, (Names{"MIT", "ISC"}));
}

TEST(Npm, WithoutNameOrVersionThereIsNoPackage) {
    for (const auto text :
         {R"({"type":"module"})", R"({"name":"x"})", R"({"version":"1"})", R"({"name":7,"version":[]})",
          R"({"name":"a b","version":"1"})", R"({"name":"x\n","version":"1"})"}) {
        EXPECT_EQ(installed(text), Names{}) << text;
    }
}

TEST(Npm, SaysWhatIsNoJson) {
    EXPECT_TRUE(installed("{").front().starts_with("fault: not valid JSON"));
    EXPECT_TRUE(installed("[]").front().starts_with("fault: "));
    EXPECT_TRUE(installed(std::string(100'000, '[')).front().starts_with("fault: "));
    std::string many = "[0";
    for (int i = 0; i < 1'000'100; ++i) many += ",0";
    EXPECT_EQ(installed(many + "]"), Names{"fault: too many JSON values"});
}

TEST(Npm, ReadsTheLockThatNpmWrites) {
    EXPECT_EQ(locked(fixture("package-lock.json")),
              (Names{"@babel/parser 7.20.0", "ms 2.0.0", "debug 2.6.8", "lodash 4.17.4", "ms 2.0.0"}));
}

TEST(Npm, ReadsNestedLocksOfTheFirstFormat) {
    EXPECT_EQ(locked(R"({"lockfileVersion":1,"dependencies":{
                  "a":{"version":"1.0.0","dependencies":{"b":{"version":"2.0.0"}}},
                  "c":{"version":"npm:@s/d@3.0.0"},"e":{"version":"file:../e"},
                  "f":{"version":"git+https://example.com/f.git#0123"},"g":{"version":"4.0.0","dev":true}}})"),
              (Names{"a 1.0.0", "b 2.0.0", "@s/d 3.0.0"}));
}

TEST(Npm, LeavesOutDevelopmentAndTheTreesOwn) {
    EXPECT_EQ(locked(R"({"packages":{"":{"name":"app","version":"1.0.0"},"packages/own":{"version":"1.0.0"},
                  "node_modules/own":{"resolved":"packages/own","link":true},
                  "node_modules/tool":{"version":"1.0.0","dev":true},"node_modules/x":{"version":"1.0.0"}}})"),
              Names{"x 1.0.0"});
}

TEST(Npm, WantsLocksOfTheTreeOnly) {
    EXPECT_TRUE(wants(is_npm_lock, "app/package-lock.json"));
    EXPECT_TRUE(wants(is_npm_lock, "npm-shrinkwrap.json"));
    EXPECT_FALSE(wants(is_npm_lock, "app/node_modules/x/npm-shrinkwrap.json"));
    EXPECT_FALSE(wants(is_npm_lock, "node_modules/x/package-lock.json"));
}

}  // namespace
}  // namespace berth::inventory
