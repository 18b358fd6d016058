#include "app/fetched_feeds.hpp"

#include "testing/folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

namespace berth::app {
namespace {

using namespace std::chrono_literals;

class FetchedFeedsTest : public ::testing::Test {
protected:
    void write(const std::string& name, std::string_view text) {
        std::ofstream(folder_.path() / name, std::ios::binary) << text;
    }

    testing::Folder folder_;
    FetchedFeeds feeds_{folder_.path()};
};

TEST_F(FetchedFeedsTest, ANoteIsReadAsItWasWritten) {
    const FeedFailure failure{.at = Timestamp(1'700'000'000'123ms), .reason = "line 3: \"quoted\""};
    ASSERT_TRUE(feeds_.keep("alpine-v3.23", {.etag = "\"one\"", .imported = "12 34", .failure = failure}));
    const auto found = feeds_.find("alpine-v3.23");
    EXPECT_EQ(found.etag, "\"one\"");
    EXPECT_EQ(found.imported, "12 34");
    ASSERT_TRUE(found.failure);
    EXPECT_EQ(found.failure->at, failure.at);
    EXPECT_EQ(found.failure->reason, failure.reason);
}

TEST_F(FetchedFeedsTest, WithoutAReadableNoteNothingIsKnown) {
    write("torn.state", R"({"etag":"\"one\"","impor)");
    write("other.state", R"([1, 2])");
    for (const auto* name : {"torn", "other", "never"}) {
        const auto found = feeds_.find(name);
        EXPECT_TRUE(found.etag.empty() && found.imported.empty() && !found.failure) << name;
    }
}

TEST_F(FetchedFeedsTest, AnotherFileHasAnotherMark) {
    EXPECT_EQ(feeds_.mark("one"), "");
    write("one", "abc");
    const auto first = feeds_.mark("one");
    EXPECT_NE(first, "");
    EXPECT_EQ(feeds_.mark("one"), first);
    const auto file = feeds_.file("one");
    std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + 1s);
    EXPECT_NE(feeds_.mark("one"), first);
}

TEST_F(FetchedFeedsTest, OnlyFailuresAreListed) {
    const FeedFailure failure{.at = Timestamp(1s), .reason = "gone"};
    ASSERT_TRUE(feeds_.keep("two", {.etag = {}, .imported = {}, .failure = failure}));
    ASSERT_TRUE(feeds_.keep("one.json", {.etag = {}, .imported = {}, .failure = failure}));
    ASSERT_TRUE(feeds_.keep("good", {.etag = {}, .imported = "1 2", .failure = {}}));
    const auto failed = feeds_.failed();
    ASSERT_EQ(failed.size(), 2);
    EXPECT_EQ(failed[0].name, "one.json");
    EXPECT_EQ(failed[1].name, "two");
    EXPECT_EQ(failed[1].failure.reason, "gone");
    EXPECT_TRUE(FetchedFeeds(folder_.path() / "nowhere").failed().empty());
}

TEST_F(FetchedFeedsTest, WhatCannotBeWrittenIsAFault) {
    EXPECT_FALSE(FetchedFeeds(folder_.path() / "nowhere").keep("one", {}));
}

}  // namespace
}  // namespace berth::app
