// The one thread that writes: it takes all waiting transactions and runs them under one commit.
//
// Each transaction has a savepoint of its own, so one that fails takes nothing of the others with it. Nobody is
// answered before the commit. When the commit fails, everybody in it is told so, whatever their function returned:
// it may have seen what was then taken back.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "store/metadata.hpp"
#include "store/sql/tables.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/statistics.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace berth::store::sqlite {

struct WriterLimits {
    std::size_t queue = 4096;     // waiting writes; one more is answered `unavailable`
    std::size_t batch = 128;      // writes under one commit
    int checkpoint_pages = 4096;  // length of the log from which on it is moved
    bool sync = true;             // false: no commit waits for the disk (scratch databases)
};

// Thread-safe. Every write that was accepted is answered before the destructor returns; the event loops of the
// callers must still be there then.
class Writer {
public:
    // `db` and `checkpointer` outlive this, and `db` belongs to its thread from now on.
    Writer(SqliteConnection& db, Checkpointer& checkpointer, WriterLimits limits);
    ~Writer();

    // Comes back to the caller's executor. What `work` throws is thrown here, but for sql::Error, which is a Fault.
    [[nodiscard]] Task<Result<void>> write(const Metadata::Work& work, Durability durability);
    // Fills in what the writer knows.
    void report(Statistics& statistics) const;

private:
    struct Request {
        const Metadata::Work* work;
        Durability durability;
        Result<void> outcome;
        std::exception_ptr thrown;
        std::move_only_function<void()> resume;
    };
    using Batch = std::vector<Request*>;

    [[nodiscard]] bool submit(Request& request);
    void run();
    // Empty: time to end.
    [[nodiscard]] Batch next_batch();
    void commit_batch(const Batch& batch);
    void run_batch(const Batch& batch);
    void run_inside_savepoint(Request& request);
    void run_guarded(Request& request);
    void take_back(const Batch& batch, FaultKind kind, const std::string& why);
    void answer(const Batch& batch);
    void look_after_log();

    SqliteConnection& db_;
    sql::Tables tables_;
    Checkpointer& checkpointer_;
    const WriterLimits limits_;
    int next_checkpoint_ = 0;
    // A sync of the log failed: what it holds may be lost, and a commit on top of it would be no promise. Nothing is
    // written until the next start reads the log anew.
    bool disk_in_doubt_ = false;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Request*> waiting_;
    bool stopping_ = false;

    std::atomic<std::uint64_t> writes_{0};
    std::atomic<std::uint64_t> failed_writes_{0};
    std::atomic<std::uint64_t> refused_writes_{0};
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> synced_commits_{0};
    std::atomic<std::uint64_t> failed_commits_{0};
    std::atomic<std::uint64_t> largest_batch_{0};
    std::atomic<std::uint64_t> log_pages_{0};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace berth::store::sqlite
