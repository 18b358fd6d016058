// What holds for transactions, whatever they touch.
#include "store/sqlite/contract.hpp"

#include <stdexcept>
#include <thread>

namespace berth::store::contract {
namespace {

using TransactionsContract = Contract;

Result<int> insert(Transaction& tx, std::int64_t id) {
    (void)tx.repositories().insert(repository(id, "repo" + std::to_string(id)));
    return 0;
}

bool exists(Transaction& tx, std::int64_t id) {
    return tx.repositories().find(registry(), name("repo" + std::to_string(id))).has_value();
}

TEST_F(TransactionsContract, AFaultLeavesNothing) {
    const auto failed = wait_for(store_->write([&](Transaction& tx) -> Result<int> {
        (void)insert(tx, 1);
        EXPECT_TRUE(exists(tx, 1));
        return fail(FaultKind::limit_exceeded, "no more");
    }));
    EXPECT_EQ(failed.error().kind, FaultKind::limit_exceeded);
    EXPECT_EQ(failed.error().message, "no more");
    EXPECT_FALSE(look([](Transaction& tx) { return exists(tx, 1); }));
}

TEST_F(TransactionsContract, AnExceptionLeavesNothingAndReachesTheCaller) {
    const auto explode = [](Transaction& tx) -> Result<int> {
        (void)insert(tx, 1);
        throw std::runtime_error("a bug");
    };
    EXPECT_THROW((void)wait_for(store_->write(explode)), std::runtime_error);
    EXPECT_FALSE(look([](Transaction& tx) { return exists(tx, 1); }));
    const auto explode_reading = [](Transaction&) -> Result<int> { throw std::runtime_error("a bug"); };
    EXPECT_THROW((void)wait_for(store_->read(explode_reading)), std::runtime_error);
    write([](Transaction& tx) { return insert(tx, 2); });
    EXPECT_TRUE(look([](Transaction& tx) { return exists(tx, 2); }));
}

TEST_F(TransactionsContract, AChangeInAReadIsRefused) {
    const auto refused = wait_for(store_->read([](Transaction& tx) { return insert(tx, 1); }));
    EXPECT_EQ(refused.error().kind, FaultKind::unavailable);
    EXPECT_FALSE(look([](Transaction& tx) { return exists(tx, 1); }));
}

TEST_F(TransactionsContract, AReadSeesOneMoment) {
    write([](Transaction& tx) { return insert(tx, 1); });
    look([&](Transaction& tx) {
        EXPECT_TRUE(exists(tx, 1));
        std::thread([&] { write([](Transaction& other) { return insert(other, 2); }); }).join();
        EXPECT_FALSE(exists(tx, 2));
        return 0;
    });
    EXPECT_TRUE(look([](Transaction& tx) { return exists(tx, 2); }));
}

TEST_F(TransactionsContract, AWriteIsSeenByTheNextRead) {
    for (std::int64_t id = 1; id <= 50; ++id) {
        write([&](Transaction& tx) { return insert(tx, id); });
        EXPECT_TRUE(look([&](Transaction& tx) { return exists(tx, id); }));
    }
}

// Many at once from several threads, every third of them failing: they share commits, but not their fate.
TEST_F(TransactionsContract, ManyWritersShareCommitsButNotTheirFate) {
    constexpr int threads = 4;
    constexpr int tasks_each = 60;
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
        running.emplace_back([&, t] {
            boost::asio::io_context loop;
            for (int n = 0; n < tasks_each; ++n) {
                const std::int64_t id = t * tasks_each + n + 1;
                auto work = [id](Transaction& tx) -> Result<int> {
                    (void)insert(tx, id);
                    if (id % 3 == 0) return fail(FaultKind::image_exists, "");
                    if (id % 7 == 0) throw std::runtime_error("a bug");
                    return 0;
                };
                boost::asio::co_spawn(loop, store_->write(work), [id](std::exception_ptr thrown, Result<int> result) {
                    const bool throws = id % 3 != 0 && id % 7 == 0;
                    EXPECT_EQ(thrown != nullptr, throws) << id;
                    if (!throws) {
                        EXPECT_EQ(result.has_value(), id % 3 != 0) << id;
                    }
                });
            }
            loop.run();
        });
    }
    for (auto& thread : running) thread.join();
    look([&](Transaction& tx) {
        for (std::int64_t id = 1; id <= threads * tasks_each; ++id) {
            EXPECT_EQ(exists(tx, id), id % 3 != 0 && id % 7 != 0) << id;
        }
        return 0;
    });
}

TEST_F(TransactionsContract, RelaxedWritesCountToo) {
    EXPECT_TRUE(wait_for(store_->write([](Transaction& tx) { return insert(tx, 1); }, Durability::relaxed)));
    EXPECT_TRUE(look([](Transaction& tx) { return exists(tx, 1); }));
    EXPECT_TRUE(wait_for(store_->check()));
}

}  // namespace
}  // namespace berth::store::contract
