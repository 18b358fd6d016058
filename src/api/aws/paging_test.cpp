#include "api/aws/paging.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace berth::api::aws {
namespace {

struct Request {
    std::optional<NextToken> nextToken;
    std::optional<MaxResults> maxResults;
};

const auth::StatementKey key(Secret(std::string(32, 'k')));

// The numbers up to `last`, as a store would give a page of them.
std::vector<int> numbers_after(int position, int last, std::size_t limit) {
    std::vector<int> found(std::min(limit, static_cast<std::size_t>(last - position)));
    std::iota(found.begin(), found.end(), position + 1);
    return found;
}

std::vector<std::size_t> sizes_of_pages(int items, std::int64_t limit) {
    std::vector<std::size_t> sizes;
    Request request{.nextToken = std::nullopt, .maxResults = MaxResults{limit}};
    int position = 0;
    do {
        const auto page = Paging::of(key, "List", request);
        EXPECT_TRUE(page) << page.error().message;
        EXPECT_EQ(page->from([](const std::string& text) { return std::stoi(text); }), position);
        auto found = numbers_after(position, items, page->one_more());
        request.nextToken = page->cut(found, [](int last) { return std::to_string(last); });
        sizes.push_back(found.size());
        if (!found.empty()) position = found.back();
    } while (request.nextToken && sizes.size() < 10);
    EXPECT_EQ(position, items);
    return sizes;
}

TEST(Paging, GoesThroughAListAndEndsWithIt) {
    EXPECT_EQ(sizes_of_pages(5, 2), (std::vector<std::size_t>{2, 2, 1}));
    EXPECT_EQ(sizes_of_pages(4, 2), (std::vector<std::size_t>{2, 2}));
    EXPECT_EQ(sizes_of_pages(0, 2), std::vector<std::size_t>{0});
}

TEST(Paging, BeginsAtTheBeginningWithAHundred) {
    const auto page = Paging::of(key, "List", Request{});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->limit(), 100U);
    EXPECT_EQ(page->from(), "");
    // As the position is made: no text is read that nobody wrote.
    struct Position {
        int id = 7;
    };
    EXPECT_EQ(page->from([](const std::string&) { return Position{.id = 1}; }).id, 7);
}

TEST(Paging, RefusesTheTokenOfAnotherList) {
    const auto token = Paging::of(key, "List", Request{})->token("5");
    EXPECT_TRUE(Paging::of(key, "List", Request{.nextToken = token, .maxResults = {}}));
    EXPECT_FALSE(Paging::of(key, "Other", Request{.nextToken = token, .maxResults = {}}));
}

TEST(Paging, MeansNothingBesideAList) {
    EXPECT_TRUE(without_paging(Request{}, "imageIds"));
    const Request both{.nextToken = NextToken{"x"}, .maxResults = MaxResults{1}};
    EXPECT_EQ(without_paging(both, "imageIds").error().message,
              "Invalid parameter at 'nextToken' failed to satisfy constraint: 'must be null when imageIds is given'");
    const Request sized{.nextToken = std::nullopt, .maxResults = MaxResults{1}};
    EXPECT_NE(without_paging(sized, "imageIds").error().message.find("'maxResults'"), std::string::npos);
}

}  // namespace
}  // namespace berth::api::aws
