#include "store/sqlite/checkpointer.hpp"

#include "base/log.hpp"
#include "store/sql/error.hpp"

namespace berth::store::sqlite {

Checkpointer::Checkpointer(const std::filesystem::path& file, Sync sync) : db_(file, Access::read_write, 256) {
    db_.set_sync(sync);
    thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard hold(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Checkpointer::start() {
    {
        const std::lock_guard hold(mutex_);
        if (wanted_) return;
        wanted_ = true;
    }
    changed_.notify_one();
}

bool Checkpointer::wait_for_work() {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this] { return wanted_ || stopping_; });
    return !stopping_;
}

void Checkpointer::run() {
    while (wait_for_work()) {
        checkpoint();
        // In this order: the writer, which moves the rest when it sees this, must not have started another one.
        finished_ = true;
        const std::lock_guard hold(mutex_);
        wanted_ = false;
    }
}

// What fails now is tried again: the log only grows meanwhile.
void Checkpointer::checkpoint() {
    try {
        db_.checkpoint();
        ++count_;
    } catch (const sql::Error& error) {
        log::warning("the metadata log cannot be moved into the database", {{.name = "error", .value = error.what()}});
    }
}

}  // namespace berth::store::sqlite
