#include "inventory/language_ruby.hpp"

#include "inventory/language_test_support.hpp"

namespace berth::inventory {
namespace {

Names specification(std::string_view text) {
    return packages_in(read_gem_specification, "specifications/x.gemspec", text);
}

TEST(Ruby, WantsInstalledSpecifications) {
    EXPECT_TRUE(wants(is_gem_specification, "usr/local/bundle/specifications/rack-2.2.3.gemspec"));
    EXPECT_TRUE(wants(is_gem_specification, "usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec"));
    EXPECT_FALSE(wants(is_gem_specification, "usr/local/bundle/gems/rack-2.2.3/rack.gemspec"));
}

TEST(Ruby, ReadsTheStubAndDropsThePlatform) {
    const auto text = R"(# -*- encoding: utf-8 -*-
# stub: nokogiri 1.13.9 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.13.9"
  s.platform = "x86_64-linux".freeze
  s.licenses = ["MIT".freeze, "Ruby".freeze]
end
)";
    EXPECT_EQ(specification(text), Names{"nokogiri 1.13.9"});
    EXPECT_EQ(read_gem_specification(content_of("specifications/x.gemspec", text))->front().licences,
              (Names{"MIT", "Ruby"}));
}

TEST(Ruby, ReadsFieldsWhereThereIsNoStub) {
    EXPECT_EQ(specification("Gem::Specification.new do |spec|\n  spec.name    = 'rack'\n  spec.version = "
                            "Gem::Version.new(\"2.2.3\")\n  spec.license = 'MIT'\nend\n"),
              Names{"rack 2.2.3"});
    EXPECT_EQ(specification("  s.name = %q{rake}\n  s.version = \"0.8.7\"\n"), Names{"rake 0.8.7"});
}

TEST(Ruby, SaysWhenNoGemIsNamed) {
    for (const auto text : {"", "# stub: \n", "s.name = \n", "s.name = 'x'\ns.version = VERSION\n", "s.name = %q{"}) {
        EXPECT_EQ(specification(text), Names{"fault: the specification names no gem"}) << text;
    }
}

TEST(Ruby, ReadsGemsOfALockWithoutTheTreesOwn) {
    EXPECT_EQ(packages_in(read_gem_lock, "Gemfile.lock", R"(PATH
  remote: .
  specs:
    own (0.1.0)
      rack (>= 2)

GIT
  remote: https://example.com/forked.git
  revision: 0123456
  specs:
    forked (1.0.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.13.9-x86_64-linux)
      racc (~> 1.4)
    racc (1.6.0)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri
    odd (9)

BUNDLED WITH
   2.3.7
)"),
              (Names{"forked 1.0.0", "nokogiri 1.13.9", "racc 1.6.0"}));
}

}  // namespace
}  // namespace berth::inventory
