#include "inventory/language_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace berth::inventory {
namespace {

bool is_taken(std::string_view name, std::string_view version = "1.0.0") {
    std::vector<Package> packages;
    const auto* package = add_package(packages, PackageType::nuget, name, version);
    EXPECT_EQ(packages.size(), package == nullptr ? 0U : 1U);
    EXPECT_TRUE(package == nullptr || package->name == name);
    return package != nullptr;
}

// MAL-2024-4484: two of these letters are Cyrillic.
TEST(LanguageText, NamesMayBeOfAnyScript) {
    EXPECT_TRUE(is_taken("Ef\u041b\u043e\u0441\u0430lDb"));
    EXPECT_TRUE(is_taken("caf\u00e9"));
    EXPECT_TRUE(is_taken("e\u0301"));
    EXPECT_TRUE(is_taken("\u4e2d\u6587"));
    EXPECT_TRUE(is_taken("\U00010400"));
    EXPECT_TRUE(is_taken("@scope/left-pad"));
}

TEST(LanguageText, NamesCanBeSeenAsTheyAre) {
    for (const std::string bad :
         {"", "a b", "a\nb", "a\x1b[0m", "a\x7f", "a\u0085", "a\u00a0b", "a\u00ad", "a\u200bb", "a\u200f", "a\u202eb",
          "a\u2028", "a\u2066", "a\u3000", "a\ufeff", "a\ue000", "a\U000e0041", "a\uffff"})
        EXPECT_FALSE(is_taken(bad)) << bad;
    EXPECT_FALSE(is_taken(std::string("a\0b", 3)));
}

TEST(LanguageText, NamesAreUtf8) {
    for (const std::string bad :
         {"a\xff", "a\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xd0", "\xe4\xb8", "\xd0z"})
        EXPECT_FALSE(is_taken(bad)) << bad;
}

TEST(LanguageText, LengthsAreBoundAndVersionsAscii) {
    std::string longest(max_name_length - 2, 'a');
    longest += "\u0430";
    EXPECT_TRUE(is_taken(longest));
    EXPECT_FALSE(is_taken(longest + "a"));
    EXPECT_FALSE(is_taken("a", "1.0\u0430"));
    EXPECT_FALSE(is_taken("a", ""));
}

}  // namespace
}  // namespace berth::inventory
