#include "base/json_size.hpp"

#include <gtest/gtest.h>

#include <string>

namespace berth {
namespace {

TEST(JsonSize, CountsWhatTakesAPlaceInTheTree) {
    EXPECT_FALSE(has_more_json_values("", 1));
    EXPECT_FALSE(has_more_json_values("true", 1));
    EXPECT_FALSE(has_more_json_values("[1,2,3]", 4));
    EXPECT_TRUE(has_more_json_values("[1,2,3]", 3));
    EXPECT_TRUE(has_more_json_values("[[],[],[]]", 5));
    EXPECT_TRUE(has_more_json_values(R"({"a":1,"b":2})", 4));
    EXPECT_FALSE(has_more_json_values(R"({"a":1,"b":2})", 5));
}

TEST(JsonSize, ReadsNothingIntoStrings) {
    EXPECT_FALSE(has_more_json_values(R"(",,,[[[{{{:::")", 1));
    EXPECT_FALSE(has_more_json_values(R"("a\",,,\\\",,,")", 1));
    EXPECT_TRUE(has_more_json_values(R"(["a\\",1,2])", 3));
}

TEST(JsonSize, EndsWithTextThatBreaksOff) {
    EXPECT_FALSE(has_more_json_values(R"(",,,)", 1));
    EXPECT_FALSE(has_more_json_values("\"\\", 1));
    EXPECT_FALSE(has_more_json_values(std::string("\"\0,,", 4), 1));
}

}  // namespace
}  // namespace berth
