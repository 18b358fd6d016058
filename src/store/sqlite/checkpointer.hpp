// Moves the write-ahead log into the database beside the writer, so that no commit waits for it.
//
// The log starts over only when all of it was moved and the next write begins. A writer that never rests would
// always be a few pages ahead of this thread; so the writer itself moves that small rest when this one is done.
//
// What must hold: it is started only right after a commit, when the log has something to move, and the writer moves
// the rest only while this thread is idle. A checkpoint that begins on a log already moved in full, while a commit
// starts that log over, can corrupt the database in SQLite before 3.51.3 (sqlite.org/wal.html, "WAL-reset bug"),
// Debian 12's among them.
#pragma once

#include "store/sqlite/connection.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <thread>

namespace berth::store::sqlite {

// start() and take_finished() are for the writer thread.
class Checkpointer {
public:
    Checkpointer(const std::filesystem::path& file, Sync sync);
    ~Checkpointer();

    // Does nothing while one is running.
    void start();
    // True once after each that ended.
    [[nodiscard]] bool take_finished() { return finished_.exchange(false); }
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    void run();
    [[nodiscard]] bool wait_for_work();
    void checkpoint();

    SqliteConnection db_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool wanted_ = false;
    bool stopping_ = false;
    std::atomic<bool> finished_{false};
    std::atomic<std::uint64_t> count_{0};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace berth::store::sqlite
