// What is SQLite's own: files, restarts, crashes, full disks, the log.
#include "store/sqlite/sqlite_metadata.hpp"

#include "store/sqlite/contract.hpp"
#include "store/sqlite/scratch_folder.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <latch>
#include <thread>

namespace berth::store::sqlite {
namespace {

using contract::wait_for;

// A write that is under way, and keeps the writer from others, until it is released.
class HeldWriter {
public:
    explicit HeldWriter(Metadata& store)
        : write_([this, &store] {
              auto work = [this](Transaction&) -> Result<int> {
                  holding_.count_down();
                  go_.wait();
                  return 0;
              };
              EXPECT_TRUE(wait_for(store.write(work)));
          }) {
        holding_.wait();
    }
    void release() {
        go_.count_down();
        write_.join();
    }

private:
    std::latch holding_{1};
    std::latch go_{1};
    std::thread write_;
};

class OnDisk : public ::testing::Test {
protected:
    std::unique_ptr<SqliteMetadata> open() { return SqliteMetadata::open(options_).value(); }

    static Result<int> insert(Transaction& tx, std::int64_t id) {
        (void)tx.repositories().insert(contract::repository(id, "repo" + std::to_string(id)));
        return 0;
    }
    static bool exists(Metadata& store, std::int64_t id) {
        auto work = [id](Transaction& tx) -> Result<bool> {
            return tx.repositories()
                .find(contract::registry(), contract::name("repo" + std::to_string(id)))
                .has_value();
        };
        return wait_for(store.read(work)).value();
    }

    ScratchFolder folder_ = ScratchFolder::create().value();
    Options options_{.path = folder_.path() / "metadata.db"};
};

TEST_F(OnDisk, WhatWasWrittenIsThereAfterReopening) {
    {
        auto store = open();
        ASSERT_TRUE(wait_for(store->write([](Transaction& tx) { return insert(tx, 1); })));
        ASSERT_TRUE(wait_for(store->write([](Transaction& tx) { return insert(tx, 2); }, Durability::relaxed)));
    }
    auto store = open();
    EXPECT_TRUE(exists(*store, 1));
    EXPECT_TRUE(exists(*store, 2));
    EXPECT_FALSE(exists(*store, 3));
}

TEST_F(OnDisk, AFolderHasOneServer) {
    auto first = open();
    const auto second = SqliteMetadata::open(options_);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("another berth works"), std::string::npos);
    first.reset();
    EXPECT_TRUE(SqliteMetadata::open(options_));
}

TEST_F(OnDisk, WhatIsNoDatabaseIsRefused) {
    options_.path = folder_.path() / "absent" / "metadata.db";
    EXPECT_FALSE(SqliteMetadata::open(options_));
    options_.path = folder_.path();
    EXPECT_FALSE(SqliteMetadata::open(options_));
}

// The statements of one step, and a step after it that a later version of the program could bring.
constexpr std::string_view later_step = "CREATE TABLE later (id {id} PRIMARY KEY); CREATE INDEX later_id ON later (id)";

TEST_F(OnDisk, LaterStepsAreAddedToAnOlderDatabase) {
    {
        auto store = open();
        ASSERT_TRUE(wait_for(store->write([](Transaction& tx) { return insert(tx, 1); })));
    }
    const auto known = sql::migrations();
    std::vector<sql::Migration> steps(known.begin(), known.end());
    steps.push_back({.version = static_cast<int>(steps.size()) + 1, .text = later_step});
    options_.migrations = steps;
    {
        auto store = open();
        EXPECT_TRUE(exists(*store, 1));
    }
    // Once more: what was done is not done again.
    EXPECT_TRUE(exists(*open(), 1));

    options_.migrations = known;
    const auto refused = SqliteMetadata::open(options_);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("newer"), std::string::npos) << refused.error().message;
}

TEST_F(OnDisk, AStepThatFailsLeavesTheOldSchema) {
    {
        (void)open();
    }
    const auto known = sql::migrations();
    std::vector<sql::Migration> steps(known.begin(), known.end());
    steps.push_back({.version = static_cast<int>(steps.size()) + 1,
                     .text = "CREATE TABLE later (id {id} PRIMARY KEY); CREATE TABLE repository (id {id})"});
    options_.migrations = steps;
    EXPECT_FALSE(SqliteMetadata::open(options_));
    options_.migrations = known;
    EXPECT_TRUE(SqliteMetadata::open(options_));
}

// A batch made on purpose.
TEST_F(OnDisk, WhatWaitsSharesOneCommit) {
    auto store = open();
    const auto before = store->statistics();
    HeldWriter held(*store);
    boost::asio::io_context loop;
    int done = 0;
    for (std::int64_t id = 1; id <= 20; ++id) {
        auto work = [id](Transaction& tx) -> Result<int> {
            (void)insert(tx, id);
            if (id == 13) return fail(FaultKind::limit_exceeded, "");
            return 0;
        };
        boost::asio::co_spawn(loop, store->write(work, Durability::relaxed),
                              [&](std::exception_ptr, Result<int> result) { done += result ? 1 : 0; });
    }
    loop.poll();
    EXPECT_EQ(done, 0);
    EXPECT_EQ(store->statistics().waiting, 20U);
    held.release();
    loop.run();
    EXPECT_EQ(done, 19);
    EXPECT_FALSE(exists(*store, 13));
    EXPECT_TRUE(exists(*store, 14));
    const auto after = store->statistics();
    EXPECT_EQ(after.commits - before.commits, 2U);
    EXPECT_EQ(after.synced_commits - before.synced_commits, 1U);
    EXPECT_EQ(after.writes - before.writes, 21U);
    EXPECT_EQ(after.failed_writes - before.failed_writes, 1U);
    EXPECT_EQ(after.largest_batch, 20U);
}

TEST_F(OnDisk, AFullQueueIsAnsweredAtOnce) {
    options_.queue_limit = 2;
    auto store = open();
    HeldWriter held(*store);
    boost::asio::io_context loop;
    std::array<std::optional<Result<int>>, 3> results;
    for (std::size_t n = 0; n < results.size(); ++n) {
        auto work = [](Transaction&) -> Result<int> { return 0; };
        boost::asio::co_spawn(loop, store->write(work),
                              [&, n](std::exception_ptr, Result<int> result) { results[n] = std::move(result); });
    }
    while (!results[2]) loop.run_one();
    EXPECT_EQ(results[2]->error().kind, FaultKind::unavailable);
    EXPECT_FALSE(results[0]);
    held.release();
    loop.run();
    EXPECT_TRUE(results[0]->has_value());
    EXPECT_TRUE(results[1]->has_value());
    EXPECT_EQ(store->statistics().refused_writes, 1U);
}

// Files may not grow for a while, as on a full disk: whoever writes is told, and the store lives on.
TEST_F(OnDisk, ADiskThatTakesNoMoreIsToldAndSurvived) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto store = open();
    ASSERT_TRUE(wait_for(store->write([](Transaction& tx) { return insert(tx, 1); })));
    rlimit free{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &free), 0);
    rlimit full = free;
    full.rlim_cur = 4096;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
    const auto refused = wait_for(store->write([](Transaction& tx) { return insert(tx, 2); }));
    const auto probe = wait_for(store->check());
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &free), 0);

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, FaultKind::unavailable);
    EXPECT_FALSE(probe);
    EXPECT_FALSE(exists(*store, 2));
    EXPECT_TRUE(wait_for(store->check()));
    EXPECT_TRUE(wait_for(store->write([](Transaction& tx) { return insert(tx, 3); })));
    store.reset();
    store = open();
    EXPECT_TRUE(exists(*store, 1));
    EXPECT_FALSE(exists(*store, 2));
    EXPECT_TRUE(exists(*store, 3));
}

TEST_F(OnDisk, TheLogStaysBounded) {
    options_.checkpoint_pages = 64;
    auto store = open();
    std::uint64_t longest = 0;
    for (std::int64_t id = 1; id <= 1500; ++id) {
        ASSERT_TRUE(wait_for(store->write([id](Transaction& tx) { return insert(tx, id); }, Durability::relaxed)));
        longest = std::max(longest, store->statistics().log_pages);
    }
    EXPECT_GT(store->statistics().checkpoints, 0U);
    // Every write adds about four pages. The bound is loose: how fast the other thread is called is not ours.
    EXPECT_LT(longest, 3000U);
    EXPECT_TRUE(exists(*store, 1));
    EXPECT_TRUE(exists(*store, 1500));
}

// Writes from two threads; tells each one through the pipe only once it is acknowledged.
[[noreturn]] void write_until_killed(const Options& options, int pipe, std::int64_t first_id) {
    auto store = SqliteMetadata::open(options).value();
    const auto run = [&](std::int64_t id) {
        for (;; id += 2) {
            auto work = [id](Transaction& tx) -> Result<int> {
                (void)tx.repositories().insert(contract::repository(id, "repo" + std::to_string(id)));
                return 0;
            };
            const auto durability = id % 5 == 0 ? Durability::relaxed : Durability::synced;
            if (!wait_for(store->write(work, durability))) ::_exit(2);
            if (::write(pipe, &id, sizeof id) != sizeof id) ::_exit(3);
        }
    };
    std::thread other([&] { run(first_id + 1); });
    run(first_id);
    ::_exit(4);
}

TEST_F(OnDisk, WhatWasAcknowledgedSurvivesKillNine) {
    options_.checkpoint_pages = 40;  // so that some kills hit a checkpoint
    std::vector<std::int64_t> acknowledged;
    for (int round = 0; round < 10; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(ends[0]);
            write_until_killed(options_, ends[1], 1'000'000 * (round + 1));
        }
        ::close(ends[1]);
        std::int64_t id = 0;
        for (int n = 0; n < 20 + round * 7 && ::read(ends[0], &id, sizeof id) == sizeof id; ++n) {
            acknowledged.push_back(id);
        }
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status)) << status;
        while (::read(ends[0], &id, sizeof id) == sizeof id) acknowledged.push_back(id);
        ::close(ends[0]);

        auto store = open();
        for (const auto one : acknowledged) ASSERT_TRUE(exists(*store, one)) << one;
    }
    EXPECT_GE(acknowledged.size(), 200U);
}

}  // namespace
}  // namespace berth::store::sqlite
