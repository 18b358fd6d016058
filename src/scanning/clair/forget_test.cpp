// Clair is told of images that are gone for good, over a whole registry and a scripted Clair.
#include "scanning/clair/forget.hpp"

#include "testing/manifests.hpp"
#include "testing/scripted_server.hpp"
#include "testing/world.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace berth::scanning::clair {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::repository;
using testing::wait_for;

class ForgetTest : public ::testing::Test {
protected:
    ForgetTest() {
        for (const auto* name : {"app", "other"}) {
            world_.create(name);
            world_.push(name, "config");
        }
    }
    ~ForgetTest() override { pool_.join(); }

    model::Digest push(const std::string& name, std::string_view salt = "") {
        const auto put = wait_for(world_.images.put(
            world_.root, repository(name),
            {.bytes = testing::image_of("config", salt), .media_type = {}, .expected_digest = {}, .tags = {}}));
        return put.value().image.digest;
    }
    void remove(const std::string& name, const model::Digest& image) {
        const model::Reference wanted = image;
        ASSERT_TRUE(wait_for(world_.images.remove(world_.root, repository(name), wanted)));
        world_.clock.advance(Forget::settling);
    }
    void purge(const std::string& name, const model::Digest& image) {
        ASSERT_TRUE(
            wait_for(world_.bin.purge(world_.root, repository(name), {{.digest = image, .tag = std::nullopt}})));
        world_.clock.advance(Forget::settling);
    }
    ForgetReport run(std::size_t limit = 100) { return wait_for(forget_.run(limit)).value(); }
    // What Clair was asked, by its first line.
    std::vector<std::string> asked() {
        std::vector<std::string> lines;
        for (const auto& request : server_.requests()) lines.push_back(request.substr(0, request.find(" HTTP")));
        return lines;
    }
    static std::string deletion_of(const model::Digest& image) {
        return "DELETE /indexer/api/v1/index_report/" + image.text();
    }

    testing::World world_;
    std::atomic<const char*> status_ = "204 No Content";
    testing::ScriptedServer server_{[this](const auto&) {
        const std::string_view status = status_.load();
        return status.empty() ? std::string() : answer(status, "");
    }};
    auth::StatementKey links_{Secret(std::string(auth::StatementKey::size, 'k'))};
    BlockingPool pool_{1};
    ClairScanner scanner_{{.url = server_.url(""),
                           .own_url = "http://berth:5000",
                           .key = {},
                           .issuer = "berth",
                           .ca_file = {},
                           .poll = 1ms,
                           .patience = 20s},
                          links_,
                          world_.clock,
                          pool_};
    Forget forget_{world_.services, scanner_};
};

TEST_F(ForgetTest, AnImageThatLeavesTheRecycleBinIsForgotten) {
    const auto image = push("app");
    remove("app", image);
    EXPECT_EQ(run().forgotten, 0U) << "it may come back";
    purge("app", image);
    EXPECT_EQ(run().forgotten, 1U);
    EXPECT_EQ(asked(), std::vector{deletion_of(image)});
    EXPECT_EQ(run().forgotten, 0U);
    EXPECT_EQ(asked().size(), 1U) << "once is enough";
}

TEST_F(ForgetTest, ItIsToldOnceHoweverManyEventsItWentWith) {
    const auto image = push("app");
    remove("app", image);
    purge("app", image);
    EXPECT_EQ(run().forgotten, 1U);
    EXPECT_EQ(asked().size(), 1U);
}

TEST_F(ForgetTest, OneThatIsDeletedWithoutABinIsToo) {
    world_.settings.recycle_bin = 0h;
    const auto image = push("app");
    const auto kept = push("app", "kept");
    remove("app", image);
    EXPECT_EQ(run().forgotten, 1U);
    EXPECT_EQ(asked(), std::vector{deletion_of(image)});
    EXPECT_NE(image, kept);
}

TEST_F(ForgetTest, OneThatAnotherRepositoryHoldsIsNot) {
    world_.settings.recycle_bin = 0h;
    const auto image = push("app");
    ASSERT_EQ(push("other"), image);
    remove("app", image);
    EXPECT_EQ(run().forgotten, 0U);
    world_.settings.recycle_bin = 24h;
    remove("other", image);
    EXPECT_EQ(run().forgotten, 0U) << "it rests in a bin";
    purge("other", image);
    EXPECT_EQ(run().forgotten, 1U);
}

TEST_F(ForgetTest, OneThatIsBackInTheMeantimeIsNot) {
    world_.settings.recycle_bin = 0h;
    const auto image = push("app");
    remove("app", image);
    push("app");
    EXPECT_EQ(run().forgotten, 0U);
    EXPECT_TRUE(asked().empty());
}

TEST_F(ForgetTest, AClairThatIsAwayHearsOfItLater) {
    world_.settings.recycle_bin = 0h;
    const auto image = push("app");
    const auto second = push("app", "second");
    remove("app", image);
    remove("app", second);
    for (const auto* away : {"", "503 Service Unavailable", "401 Unauthorized"}) {
        status_ = away;
        const auto report = run();
        EXPECT_EQ(report.forgotten, 0U);
        EXPECT_FALSE(report.more) << "not at once";
    }
    status_ = "204 No Content";
    EXPECT_EQ(run().forgotten, 2U);
}

TEST_F(ForgetTest, WhatClairDoesNotKnowOrRefusesDoesNotHoldUpTheRest) {
    world_.settings.recycle_bin = 0h;
    for (const auto* word : {"404 Not Found", "400 Bad Request"}) {
        const auto image = push("app", word);
        remove("app", image);
        status_ = word;
        run();
        const auto count = asked().size();
        run();
        EXPECT_EQ(asked().size(), count) << word;
    }
}

TEST_F(ForgetTest, EventsAreTakenInPartsAndWhenTheyHaveSettled) {
    world_.settings.recycle_bin = 0h;
    std::vector<model::Digest> images;
    for (const auto* salt : {"1", "2", "3"}) images.push_back(push("app", salt));
    for (const auto& image : images) remove("app", image);
    std::size_t forgotten = 0;
    std::size_t runs = 0;
    for (bool more = true; more; ++runs) {
        const auto report = run(2);
        forgotten += report.forgotten;
        more = report.more;
    }
    EXPECT_EQ(forgotten, 3U);
    EXPECT_GT(runs, 2U);
    const auto fresh = push("app", "fresh");
    world_.clock.advance(1h);
    const model::Reference wanted = fresh;
    ASSERT_TRUE(wait_for(world_.images.remove(world_.root, repository("app"), wanted)));
    EXPECT_EQ(run().forgotten, 0U);
    world_.clock.advance(Forget::settling);
    EXPECT_EQ(run().forgotten, 1U);
}

}  // namespace
}  // namespace berth::scanning::clair
