#include "store/sqlite/writer.hpp"

#include "base/log.hpp"
#include "store/sqlite/dialect.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace berth::store::sqlite {

Writer::Writer(SqliteConnection& db, Checkpointer& checkpointer, WriterLimits limits)
    : db_(db), tables_(db), checkpointer_(checkpointer), limits_(limits), next_checkpoint_(limits.checkpoint_pages) {
    thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
    {
        const std::lock_guard hold(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

Task<Result<void>> Writer::write(const Metadata::Work& work, Durability durability) {
    Request request{.work = &work, .durability = durability, .outcome = {}, .thrown = nullptr, .resume = nullptr};
    const auto back = co_await boost::asio::this_coro::executor;
    auto enqueue = [&](auto handler) {
        request.resume = [handler = std::move(handler), guard = boost::asio::make_work_guard(back)]() mutable {
            boost::asio::post(guard.get_executor(), std::move(handler));
        };
        if (!submit(request)) std::exchange(request.resume, nullptr)();
    };
    co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void()>(enqueue,
                                                                                       boost::asio::use_awaitable);
    if (request.thrown) std::rethrow_exception(request.thrown);
    co_return std::move(request.outcome);
}

bool Writer::submit(Request& request) {
    bool first = false;
    {
        const std::lock_guard hold(mutex_);
        if (stopping_ || waiting_.size() >= limits_.queue) {
            request.outcome = fail(FaultKind::unavailable, "too many changes are waiting to be written");
            ++refused_writes_;
            return false;
        }
        first = waiting_.empty();
        waiting_.push_back(&request);
    }
    // Behind the first one the writer is awake, or about to look again.
    if (first) changed_.notify_one();
    return true;
}

void Writer::run() {
    for (;;) {
        const auto batch = next_batch();
        if (batch.empty()) return;
        commit_batch(batch);
        log_pages_ = static_cast<std::uint64_t>(db_.log_pages());
        answer(batch);
        look_after_log();
    }
}

Writer::Batch Writer::next_batch() {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.size() <= limits_.batch) return std::exchange(waiting_, {});
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(limits_.batch);
    Batch batch(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    return batch;
}

void Writer::commit_batch(const Batch& batch) {
    writes_ += batch.size();
    largest_batch_ = std::max(largest_batch_.load(), static_cast<std::uint64_t>(batch.size()));
    try {
        if (disk_in_doubt_) throw sql::Error(FaultKind::unavailable, "an earlier sync failed; check the disk, restart");
        run_batch(batch);
    } catch (const sql::Error& error) {
        ++failed_commits_;
        disk_in_doubt_ = disk_in_doubt_ || error.sync_failed();
        log::error("metadata cannot be written", {{.name = "error", .value = error.what()}});
        take_back(batch, error.kind(), "the metadata cannot be written");
    }
    for (const auto* request : batch) {
        if (!request->outcome || request->thrown) ++failed_writes_;
    }
}

void Writer::run_batch(const Batch& batch) {
    const bool synced =
        std::ranges::any_of(batch, [](const Request* request) { return request->durability == Durability::synced; });
    if (limits_.sync) db_.set_sync(synced ? Sync::full : Sync::normal);
    db_.change(begin_write);
    bool any_kept = false;
    for (auto* request : batch) {
        run_inside_savepoint(*request);
        any_kept = any_kept || (request->outcome && !request->thrown);
    }
    if (!any_kept) {
        db_.change(rollback);
        return;
    }
    db_.change(commit);
    ++commits_;
    if (synced) ++synced_commits_;
}

void Writer::run_inside_savepoint(Request& request) {
    db_.change(open_savepoint);
    run_guarded(request);
    // A full disk can make SQLite take back everything, the others' changes with it.
    if (!db_.in_transaction()) {
        throw sql::Error(request.outcome ? FaultKind::unavailable : request.outcome.error().kind,
                         "the database took the transaction back");
    }
    if (!request.outcome || request.thrown) db_.change(drop_savepoint);
    db_.change(keep_savepoint);
}

void Writer::run_guarded(Request& request) {
    try {
        request.outcome = (*request.work)(tables_);
    } catch (const sql::Error& error) {
        log::error("a metadata change failed", {{.name = "error", .value = error.what()}});
        request.outcome = fail(error.kind(), "the metadata cannot be written");
    } catch (...) {
        request.thrown = std::current_exception();
    }
}

void Writer::take_back(const Batch& batch, FaultKind kind, const std::string& why) {
    try {
        if (db_.in_transaction()) db_.change(rollback);
    } catch (const sql::Error& error) {
        log::error("metadata cannot be rolled back", {{.name = "error", .value = error.what()}});
    }
    for (auto* request : batch) {
        request->thrown = nullptr;
        request->outcome = fail(kind, why);
    }
}

// The request lives in the caller's frame and may be gone as soon as the caller goes on.
void Writer::answer(const Batch& batch) {
    for (auto* request : batch) {
        auto resume = std::move(request->resume);
        resume();
    }
}

void Writer::look_after_log() {
    const int pages = db_.log_pages();
    if (pages < limits_.checkpoint_pages) next_checkpoint_ = limits_.checkpoint_pages;
    if (checkpointer_.take_finished()) {
        try {
            db_.checkpoint();
        } catch (const sql::Error& error) {
            log::warning("the metadata log cannot be finished", {{.name = "error", .value = error.what()}});
        }
        // A reader can keep the log from starting over; then not every commit tries again.
        next_checkpoint_ = pages + limits_.checkpoint_pages / 4;
    } else if (pages >= next_checkpoint_) {
        checkpointer_.start();
    }
}

void Writer::report(Statistics& statistics) const {
    statistics.writes = writes_;
    statistics.failed_writes = failed_writes_;
    statistics.refused_writes = refused_writes_;
    statistics.commits = commits_;
    statistics.synced_commits = synced_commits_;
    statistics.failed_commits = failed_commits_;
    statistics.largest_batch = largest_batch_;
    statistics.log_pages = log_pages_;
    const std::lock_guard hold(mutex_);
    statistics.waiting = waiting_.size();
}

}  // namespace berth::store::sqlite
