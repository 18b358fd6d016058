// Clair's part of continuous scans, over a whole registry and a scripted Clair.
#include "scanning/clair/rematch.hpp"

#include "registry/events.hpp"
#include "scanning/configurations.hpp"
#include "scanning/scan_queue.hpp"
#include "scanning/scans.hpp"
#include "testing/manifests.hpp"
#include "testing/scripted_server.hpp"
#include "testing/world.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace berth::scanning::clair {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::repository;
using testing::wait_for;

// A Clair whose knowledge a test changes.
struct Knowledge {
    std::string update = "1";
    std::string flaw = "CVE-2025-0001";
    bool down = false;
    bool broken_index = false;
    std::string failing_image;  // its digest
    int posts_to_await = 0;     // before the first is answered
    bool knows_system = true;
    bool tells_updates = true;
};

class RematchTest : public ::testing::Test {
protected:
    RematchTest() {
        world_.create("app");
        EXPECT_TRUE(wait_for(configurations_.put(world_.root, testing::own_registry(), store::ScanType::enhanced,
                                                 {{.frequency = store::ScanFrequency::continuous, .filters = {"*"}}})));
    }
    ~RematchTest() override { pool_.join(); }

    void tell(const std::function<void(Knowledge&)>& change) {
        const std::scoped_lock lock(mutex_);
        change(knowledge_);
    }
    std::string say(const std::string& request) {
        std::unique_lock lock(mutex_);
        if (knowledge_.down) return "";
        if (request.contains("/index_state")) return answer("200 OK", R"({"state":"s"})");
        if (request.contains("/update_operation")) {
            if (!knowledge_.tells_updates) return answer("404 Not Found", "{}");
            return answer("200 OK", R"({"debian":[{"ref":")" + knowledge_.update + R"("}]})");
        }
        if (request.starts_with("POST")) {
            ++posts_;
            posted_.notify_all();
            all_came_ = posted_.wait_for(lock, 10s, [&] { return posts_ >= knowledge_.posts_to_await; }) && all_came_;
            if (!knowledge_.failing_image.empty() && request.contains(knowledge_.failing_image)) {
                return answer("500 Internal Server Error", "{}");
            }
            return answer("201 Created", knowledge_.broken_index ? R"({"state":"IndexError","err":"bad layer"})"
                                                                 : R"({"state":"IndexFinished"})");
        }
        ++reports_;
        return answer("200 OK", report());
    }
    [[nodiscard]] std::string report() const {
        if (!knowledge_.knows_system) return R"({"packages":{},"package_vulnerabilities":{}})";
        return R"({"packages":{"1":{"name":"openssl","version":"1.0"}},"distributions":{"1":{"did":"debian"}},)"
               R"("environments":{"1":[{"package_db":"var/lib/dpkg/status"}]},"vulnerabilities":{"7":{"name":")" +
               knowledge_.flaw + R"(","normalized_severity":"High"}},"package_vulnerabilities":{"1":["7"]}})";
    }
    model::Digest push(const std::string& salt = "") {
        world_.push("app", "config" + salt);
        const std::string type = "application/vnd.oci.image.config.v1+json";
        const auto config = testing::digest("config" + salt);
        const auto bytes = R"({"schemaVersion":2,"mediaType":")" + std::string(testing::image_type) + R"(","config":)" +
                           testing::descriptor(type, config, 6 + salt.size()) + R"(,"layers":[]})";
        return wait_for(world_.images.put(world_.root, repository("app"),
                                          {.bytes = bytes, .media_type = {}, .expected_digest = {}, .tags = {}}))
            .value()
            .image.digest;
    }
    void scan_all() {
        while (wait_for(queue_.run_next()).value()) continue;
    }
    std::string found(const model::Digest& image) {
        const auto report =
            wait_for(scans_.report(world_.root, repository("app"), {.digest = image, .tag = {}})).value();
        const auto& findings = report.images.front().kept.findings.findings;
        return findings.empty() ? "" : findings.front().id;
    }
    RematchReport run(std::size_t limit = 100) { return wait_for(rematch_.run(limit)).value(); }

    testing::World world_;
    std::mutex mutex_;
    Knowledge knowledge_;
    std::atomic<int> reports_ = 0;
    std::condition_variable posted_;
    int posts_ = 0;
    bool all_came_ = true;
    testing::ScriptedServer server_{[this](const auto& request) { return say(request); },
                                    testing::ScriptedServer::Connections::at_once};
    auth::StatementKey links_{Secret(std::string(auth::StatementKey::size, 'k'))};
    BlockingPool pool_{Rematch::at_once};
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
    ScanResults results_{world_.services};
    ShareOfTime share_{100, [] { return false; }};
    ScanQueue queue_{world_.services, scanner_, results_, share_, {.attempts = 1}};
    Scans scans_{world_.services};
    Configurations configurations_{world_.services};
    Rematch rematch_{world_.services, scanner_, results_};
};

TEST_F(RematchTest, WhatClairLearnsReachesTheImagesThatFollow) {
    const auto image = push();
    scan_all();
    EXPECT_EQ(found(image), "CVE-2025-0001");
    EXPECT_TRUE(run().news);
    EXPECT_EQ(run().images, 0U);
    EXPECT_EQ(reports_, 1);
    tell([](auto& now) {
        now.update = "2";
        now.flaw = "CVE-2025-0002";
    });
    const auto report = run();
    EXPECT_TRUE(report.news);
    EXPECT_EQ(report.images, 1U);
    EXPECT_EQ(found(image), "CVE-2025-0002");
    EXPECT_EQ(reports_, 2);
    const auto again = run();
    EXPECT_FALSE(again.news);
    EXPECT_EQ(again.images, 0U);
    EXPECT_EQ(reports_, 2);
    const auto events = world_.look([](store::Transaction& tx) { return tx.outbox().page(0, 1000); });
    const auto told = std::ranges::count(events, registry::event::scan_finding, &store::Event::kind);
    EXPECT_EQ(told, 1);
}

TEST_F(RematchTest, GoesOnWhereABatchEnded) {
    for (int i = 0; i < 5; ++i) push(std::to_string(i));
    scan_all();
    tell([](auto& now) { now.update = "2"; });
    EXPECT_EQ(run(2).images, 2U);
    EXPECT_EQ(run(2).images, 2U);
    EXPECT_EQ(run(2).images, 1U);
    EXPECT_EQ(run(2).images, 0U);
}

TEST_F(RematchTest, AsksAboutSeveralAtOnce) {
    for (int i = 0; i < 5; ++i) push(std::to_string(i));
    scan_all();
    tell([&](auto& now) {
        now.update = "2";
        now.posts_to_await = 5 + static_cast<int>(Rematch::at_once);
    });
    EXPECT_EQ(run().images, 5U);
    EXPECT_TRUE(all_came_);
}

TEST_F(RematchTest, AnImageThatClairFailsOnKeepsNoOtherWaiting) {
    const auto bad = push("bad");
    const auto good = push("good");
    scan_all();
    tell([&](auto& now) {
        now.update = "2";
        now.flaw = "CVE-2025-0002";
        now.failing_image = bad.text();
    });
    EXPECT_EQ(run().images, 2U);
    EXPECT_EQ(found(bad), "CVE-2025-0001");
    EXPECT_EQ(found(good), "CVE-2025-0002");
    EXPECT_EQ(run().images, 0U);
}

TEST_F(RematchTest, WhatClairCannotSayAnythingAboutKeepsItsFindings) {
    const auto image = push();
    scan_all();
    for (auto* change : {+[](Knowledge& now) { now.broken_index = true; },
                         +[](Knowledge& now) {
                             now.broken_index = false;
                             now.knows_system = false;
                         }}) {
        tell(change);
        tell([](auto& now) { now.update += "1"; });
        EXPECT_EQ(run().images, 1U);
        EXPECT_EQ(run().images, 0U);  // not again for the same state
        EXPECT_EQ(found(image), "CVE-2025-0001");
    }
}

TEST_F(RematchTest, AClairThatComesBackIsNews) {
    const auto image = push();
    scan_all();
    EXPECT_TRUE(run().news);
    tell([](auto& now) { now.down = true; });
    EXPECT_FALSE(run().news);
    EXPECT_EQ(run().images, 0U);
    EXPECT_EQ(found(image), "CVE-2025-0001");
    tell([](auto& now) { now.down = false; });
    EXPECT_TRUE(run().news);
    EXPECT_FALSE(run().news);
}

TEST_F(RematchTest, AClairThatDoesNotTellIsAskedOnceADay) {
    const auto image = push();
    tell([](auto& now) { now.tells_updates = false; });
    scan_all();
    EXPECT_EQ(run().images, 0U);
    tell([](auto& now) { now.flaw = "CVE-2025-0002"; });
    world_.clock.advance(24h);
    EXPECT_EQ(run().images, 1U);
    EXPECT_EQ(found(image), "CVE-2025-0002");
}

TEST_F(RematchTest, AnImageThatWentIsPassedOver) {
    const auto image = push();
    scan_all();
    const model::Reference whole = image;
    ASSERT_TRUE(wait_for(world_.images.remove(world_.root, repository("app"), whole)));
    tell([](auto& now) { now.update = "2"; });
    EXPECT_EQ(run().images, 0U);
}

}  // namespace
}  // namespace berth::scanning::clair
