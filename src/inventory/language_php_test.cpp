#include "inventory/language_php.hpp"

#include "inventory/language_test_support.hpp"

namespace berth::inventory {
namespace {

constexpr std::string_view list = R"([{"name":"Monolog/Monolog","version":"1.25.0","type":"library","license":["MIT"]},
    {"name":"symfony/yaml","version":"v5.4.0"},{"name":"x/meta","version":"1.0.0","type":"metapackage"},
    {"name":"no/version"},"odd"])";

Names installed(std::string_view text) {
    return packages_in(read_composer_installed, "vendor/composer/installed.json", text);
}

TEST(Composer, WantsTheListOfTheInstalled) {
    EXPECT_TRUE(wants(is_composer_installed, "var/www/vendor/composer/installed.json"));
    EXPECT_FALSE(wants(is_composer_installed, "var/www/installed.json"));
    EXPECT_FALSE(wants(is_composer_installed, "vendor/mycomposer/installed.json"));
}

TEST(Composer, ReadsBothForms) {
    const Names expected = {"monolog/monolog 1.25.0", "symfony/yaml v5.4.0"};
    EXPECT_EQ(installed(list), expected);
    EXPECT_EQ(installed(R"({"packages":)" + std::string(list) + R"(,"dev":true,"dev-package-names":[]})"), expected);
    EXPECT_EQ(read_composer_installed(content_of("vendor/composer/installed.json", list))->front().licences,
              Names{"MIT"});
}

TEST(Composer, ReadsALockWithoutDevelopment) {
    EXPECT_TRUE(wants(is_composer_lock, "composer.lock"));
    EXPECT_EQ(
        packages_in(read_composer_lock, "composer.lock",
                    R"({"packages":[{"name":"a/b","version":"1.0"}],"packages-dev":[{"name":"c/d","version":"1"}]})"),
        Names{"a/b 1.0"});
}

TEST(Composer, SaysWhatIsMissing) {
    for (const auto text : {"{}", R"({"packages":{}})", "7", "", "[1"}) {
        EXPECT_TRUE(installed(text).front().starts_with("fault: ")) << text;
        EXPECT_TRUE(packages_in(read_composer_lock, "composer.lock", text).front().starts_with("fault: ")) << text;
    }
}

}  // namespace
}  // namespace berth::inventory
