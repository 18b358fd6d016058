// Scans, their queue, and what a registry says about them.
#include "store/sqlite/contract.hpp"

#include <set>
#include <vector>

namespace berth::store::contract {
namespace {

constexpr model::RepositoryId app{1};

class ScanContract : public Contract {
protected:
    static ImageScan scan(std::int64_t image) {
        return {.image = model::ImageRowId{image}, .repository = app, .requested_at = at(10)};
    }
    // The order in which the whole queue would be served.
    std::vector<std::int64_t> served() {
        std::vector<std::int64_t> order;
        change([&](Transaction& tx) {
            while (const auto next = tx.scans().claim("me", at(1), at(2))) {
                order.push_back(static_cast<std::int64_t>(next->image));
                EXPECT_TRUE(tx.scans().finish(next->image, "me"));
            }
        });
        return order;
    }
};

using Order = std::vector<std::int64_t>;

TEST_F(ScanContract, AConfigurationIsKeptAsItIs) {
    change([](Transaction& tx) {
        EXPECT_FALSE(tx.scans().configuration(registry()));
        const ScanningConfiguration kept{.type = ScanType::enhanced,
                                         .rules = {{.frequency = ScanFrequency::continuous, .filters = {"a*", "b"}},
                                                   {.frequency = ScanFrequency::on_push, .filters = {}}},
                                         .tag_patterns = {"v*", "latest"}};
        tx.scans().put_configuration(registry(), kept);
        EXPECT_EQ(tx.scans().configuration(registry()), kept);
        tx.scans().put_configuration(registry(), {});
        EXPECT_EQ(tx.scans().configuration(registry()), ScanningConfiguration{});
        EXPECT_FALSE(tx.scans().configuration(registry("111111111111")));
    });
}

TEST_F(ScanContract, AScanIsReplacedAndItsFindingsStay) {
    change([](Transaction& tx) {
        EXPECT_FALSE(tx.scans().find(model::ImageRowId{1}));
        tx.scans().put(scan(1));
        tx.scans().put_findings(model::ImageRowId{1}, std::string_view("a\0b", 3));
        auto changed = scan(1);
        changed.state = ScanState::failed;
        changed.retryable = true;
        changed.reason = "why";
        changed.completed_at = at(20);
        changed.counts = {1, 2, 3, 4, 5, 6};
        changed.revision = 7;
        tx.scans().put(changed);
        const auto found = tx.scans().find(model::ImageRowId{1}).value();
        EXPECT_EQ(found.state, ScanState::failed);
        EXPECT_EQ(found.reason, "why");
        EXPECT_EQ(found.completed_at, at(20));
        EXPECT_EQ(found.counts, changed.counts);
        EXPECT_EQ(found.revision, 7);
        EXPECT_EQ(tx.scans().findings(model::ImageRowId{1}), std::string("a\0b", 3));
        EXPECT_EQ(tx.scans().retryable(model::ImageRowId{0}, 10).size(), 1U);
        EXPECT_TRUE(tx.scans().retryable(model::ImageRowId{1}, 10).empty());
        tx.scans().enqueue(model::ImageRowId{1}, app);
        tx.scans().erase(model::ImageRowId{1});
        EXPECT_FALSE(tx.scans().find(model::ImageRowId{1}));
        EXPECT_TRUE(tx.scans().findings(model::ImageRowId{1}).empty());
        EXPECT_FALSE(tx.scans().any_due(at(100)));
    });
}

TEST_F(ScanContract, OnlyContinuousScansFallBehind) {
    change([](Transaction& tx) {
        const auto add = [&](std::int64_t id, ScanState state, bool continuous, std::string generation) {
            auto one = scan(id);
            one.state = state;
            one.continuous = continuous;
            one.generation = std::move(generation);
            tx.scans().put(one);
        };
        add(1, ScanState::complete, true, "a");
        add(2, ScanState::complete, true, "b");
        add(3, ScanState::complete, true, "c");
        add(4, ScanState::complete, false, "a");
        add(5, ScanState::in_progress, true, "a");
        const auto behind = [&](std::string_view generation, std::size_t limit) {
            std::set<std::int64_t> ids;
            for (const auto& one : tx.scans().behind(generation, limit))
                ids.insert(static_cast<std::int64_t>(one.image));
            return ids;
        };
        EXPECT_EQ(behind("b", 10), (std::set<std::int64_t>{1, 3}));
        EXPECT_EQ(behind("z", 10), (std::set<std::int64_t>{1, 2, 3}));
        EXPECT_EQ(behind("z", 2).size(), 2U);
        add(3, ScanState::complete, true, "b");
        add(1, ScanState::failed, true, "a");
        EXPECT_TRUE(behind("b", 10).empty());
    });
}

TEST_F(ScanContract, RepositoriesTakeTurns) {
    change([](Transaction& tx) {
        for (std::int64_t n = 1; n <= 4; ++n) tx.scans().enqueue(model::ImageRowId{n}, app);
        tx.scans().enqueue(model::ImageRowId{11}, model::RepositoryId{2});
        tx.scans().enqueue(model::ImageRowId{12}, model::RepositoryId{2});
        tx.scans().enqueue(model::ImageRowId{1}, app);  // one place an image
    });
    EXPECT_EQ(served(), (Order{1, 11, 2, 12, 3, 4}));
}

TEST_F(ScanContract, WhoComesLaterStandsLevelWithWhoIsNext) {
    change([](Transaction& tx) {
        for (std::int64_t n = 1; n <= 4; ++n) tx.scans().enqueue(model::ImageRowId{n}, app);
        for (std::int64_t n = 1; n <= 2; ++n) {
            EXPECT_EQ(tx.scans().claim("me", at(1), at(2))->image, model::ImageRowId{n});
            EXPECT_TRUE(tx.scans().finish(model::ImageRowId{n}, "me"));
        }
        tx.scans().enqueue(model::ImageRowId{11}, model::RepositoryId{2});
        tx.scans().enqueue(model::ImageRowId{12}, model::RepositoryId{2});
    });
    EXPECT_EQ(served(), (Order{3, 11, 4, 12}));
}

TEST_F(ScanContract, ALeaseIsKeptGivenBackOrRunsOut) {
    change([](Transaction& tx) {
        const model::ImageRowId image{1};
        auto& scans = tx.scans();
        scans.enqueue(image, app);
        EXPECT_TRUE(scans.any_due(at(0)));
        EXPECT_EQ(scans.claim("a", at(0), at(10))->attempts, 0);
        EXPECT_FALSE(scans.any_due(at(9)));
        EXPECT_FALSE(scans.claim("b", at(9), at(20)));
        scans.extend("a", at(15));
        EXPECT_FALSE(scans.any_due(at(14)));
        EXPECT_TRUE(scans.any_due(at(15)));
        EXPECT_TRUE(scans.claim("b", at(15), at(25)));
        EXPECT_FALSE(scans.finish(image, "a"));
        EXPECT_FALSE(scans.retry({.image = image, .attempts = 1}, "a", at(16)));
        EXPECT_TRUE(scans.retry({.image = image, .attempts = 1}, "b", at(30)));
        EXPECT_FALSE(scans.any_due(at(29)));
        EXPECT_EQ(scans.claim("a", at(30), at(40))->attempts, 1);
        EXPECT_TRUE(scans.finish(image, "a"));
        EXPECT_FALSE(scans.any_due(at(1000)));
    });
}

TEST_F(ScanContract, AnImagesScanGoesWithIt) {
    change([](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "app"));
        tx.images().insert(image(1, 1, "m"));
        tx.images().insert(image(2, 1, "n"));
        for (std::int64_t n = 1; n <= 2; ++n) {
            tx.scans().put(scan(n));
            tx.scans().put_findings(model::ImageRowId{n}, "f");
            tx.scans().enqueue(model::ImageRowId{n}, app);
        }
        (void)tx.images().erase(model::ImageRowId{1}, at(1));
        EXPECT_FALSE(tx.scans().find(model::ImageRowId{1}));
        EXPECT_TRUE(tx.scans().find(model::ImageRowId{2}));
        tx.repositories().mark_deleted(app, at(1));
        while (tx.repositories().purge(1) > 0) {
        }
        EXPECT_FALSE(tx.scans().find(model::ImageRowId{2}));
        EXPECT_TRUE(tx.scans().findings(model::ImageRowId{2}).empty());
        EXPECT_FALSE(tx.scans().any_due(at(1000)));
    });
}

TEST_F(ScanContract, AnIndexHasItsChildren) {
    change([](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "app"));
        tx.images().insert(image(1, 1, "m"));
        auto index = image(2, 1, "i");
        index.children = {digest("m"), digest("absent")};
        tx.images().insert(index);
        ASSERT_EQ(tx.images().children(model::ImageRowId{2}).size(), 1U);
        EXPECT_EQ(tx.images().children(model::ImageRowId{2})[0].id, model::ImageRowId{1});
        EXPECT_TRUE(tx.images().children(model::ImageRowId{1}).empty());
    });
}

TEST_F(ScanContract, SuppressionRulesAreReplacedByName) {
    change([](Transaction& tx) {
        const SuppressionRule rule{.name = "b",
                                   .vulnerability = "CVE-*",
                                   .package = "openssl",
                                   .repository = "",
                                   .tags = {"v1", "v2"},
                                   .reason = "why",
                                   .until = at(9),
                                   .created_at = at(1)};
        tx.scans().put_suppression(registry(), rule);
        auto other = rule;
        other.name = "a";
        other.until = std::nullopt;
        tx.scans().put_suppression(registry(), other);
        other.reason = "another";
        tx.scans().put_suppression(registry(), other);
        const auto found = tx.scans().suppressions(registry());
        ASSERT_EQ(found.size(), 2U);
        EXPECT_EQ(found[0].reason, "another");
        EXPECT_FALSE(found[0].until);
        EXPECT_EQ(found[1].tags, rule.tags);
        EXPECT_EQ(found[1].until, at(9));
        EXPECT_TRUE(tx.scans().erase_suppression(registry(), "a"));
        EXPECT_FALSE(tx.scans().erase_suppression(registry(), "a"));
        EXPECT_TRUE(tx.scans().suppressions(registry("111111111111")).empty());
    });
}

}  // namespace
}  // namespace berth::store::contract
