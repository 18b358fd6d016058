#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace berth {
namespace {

TEST(Utf8, CountsCodePoints) {
    EXPECT_EQ(count_characters(""), 0U);
    EXPECT_EQ(count_characters("abc"), 3U);
    EXPECT_EQ(count_characters("\xc3\xbc"), 1U);          // ü
    EXPECT_EQ(count_characters("a\xe2\x82\xac"), 2U);     // a, euro sign
    EXPECT_EQ(count_characters("\xf0\x9f\x9a\xa2"), 1U);  // a ship: two units of UTF-16, one code point
    EXPECT_EQ(count_characters("u\xcc\x88"), 2U);         // u and a diaeresis that joins it
}

}  // namespace
}  // namespace berth
