#include "sbom/licence.hpp"

#include "sbom/licence_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace berth::sbom {
namespace {

std::string canonical(std::string_view text) {
    const auto licence = parse_licence(text);
    return licence ? licence->text : "none";
}

TEST(Licence, KnowsTheListInAnySpelling) {
    EXPECT_EQ(canonical("MIT"), "MIT");
    EXPECT_EQ(canonical("apache-2.0"), "Apache-2.0");
    EXPECT_EQ(canonical(" GPL-2.0+ "), "GPL-2.0+");
    EXPECT_EQ(canonical("Apache-2.0+"), "Apache-2.0+");
    for (const auto id : licence_ids()) EXPECT_EQ(canonical(id), id);
}

TEST(Licence, ReadsExpressions) {
    EXPECT_EQ(canonical("mit or (apache-2.0 AND bsd-3-clause)"), "MIT OR (Apache-2.0 AND BSD-3-Clause)");
    EXPECT_EQ(canonical("GPL-2.0-only with classpath-exception-2.0"), "GPL-2.0-only WITH Classpath-exception-2.0");
    EXPECT_EQ(canonical("((MIT))"), "((MIT))");
    EXPECT_TRUE(parse_licence("MIT AND ISC")->compound);
    EXPECT_TRUE(parse_licence("(MIT)")->compound);
    EXPECT_FALSE(parse_licence("MIT")->compound);
}

TEST(Licence, RefusesFreeText) {
    for (const auto text : {"", " ", "BSD License", "GPLv2+ and MIT", "MIT AND", "AND MIT", "MIT ISC", "(MIT", "MIT)",
                            "()", "MIT WITH MIT", "(MIT) WITH Classpath-exception-2.0", "MIT XOR ISC", "+",
                            "GPL-2.0-only WITH Classpath-exception-2.0 WITH LLVM-exception"}) {
        EXPECT_EQ(canonical(text), "none") << text;
    }
    EXPECT_EQ(canonical(std::string(5000, '(')), "none");
}

}  // namespace
}  // namespace berth::sbom
