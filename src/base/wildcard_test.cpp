#include "base/wildcard.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace berth {
namespace {

// The rule as one would say it, exponential and plain.
bool naive_match(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern.front() == '*') {
        return naive_match(pattern.substr(1), text) || (!text.empty() && naive_match(pattern, text.substr(1)));
    }
    return !text.empty() && pattern.front() == text.front() && naive_match(pattern.substr(1), text.substr(1));
}

TEST(Wildcard, AgreesWithTheNaiveReading) {
    std::mt19937 generator(7);
    const auto random_text = [&](std::string_view alphabet, std::size_t longest) {
        std::string text(std::uniform_int_distribution<std::size_t>(0, longest)(generator), ' ');
        for (auto& c : text) {
            c = alphabet[std::uniform_int_distribution<std::size_t>(0, alphabet.size() - 1)(generator)];
        }
        return text;
    };
    int matched = 0;
    for (int i = 0; i < 50'000; ++i) {
        const auto pattern = random_text("ab*", 6);
        const auto text = random_text("ab", 8);
        ASSERT_EQ(matches_wildcard(pattern, text), naive_match(pattern, text)) << pattern << " ~ " << text;
        matched += matches_wildcard(pattern, text) ? 1 : 0;
    }
    EXPECT_GT(matched, 1000);
}

TEST(Wildcard, MatchesTheWholeTagAndCase) {
    EXPECT_TRUE(matches_wildcard("dev-*", "dev-"));
    EXPECT_TRUE(matches_wildcard("*", ""));
    EXPECT_FALSE(matches_wildcard("dev", "dev-1"));
    EXPECT_FALSE(matches_wildcard("Dev*", "dev-1"));
    EXPECT_FALSE(matches_wildcard("v.", "v1"));
}

}  // namespace
}  // namespace berth
