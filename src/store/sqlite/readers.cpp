#include "store/sqlite/readers.hpp"

#include "base/log.hpp"
#include "store/sqlite/dialect.hpp"

#include <utility>

namespace berth::store::sqlite {

std::unique_ptr<Readers::Reader> Readers::take() {
    {
        const std::lock_guard hold(mutex_);
        if (!idle_.empty()) {
            auto reader = std::move(idle_.back());
            idle_.pop_back();
            return reader;
        }
    }
    return std::make_unique<Reader>(file_, cache_kib_);
}

void Readers::give_back(std::unique_ptr<Reader> reader) {
    const std::lock_guard hold(mutex_);
    idle_.push_back(std::move(reader));
}

// One snapshot from the first statement on. Nothing was changed, so ending it is always a commit.
Result<void> Readers::run_on(Reader& reader, const Metadata::Work& work) {
    reader.db.change(begin_read);
    try {
        auto outcome = work(reader.tables);
        reader.db.change(commit);
        return outcome;
    } catch (...) {
        if (reader.db.in_transaction()) reader.db.change(rollback);
        throw;
    }
}

// A connection that failed is closed rather than given back: the next one starts afresh.
Result<void> Readers::run(const Metadata::Work& work) {
    try {
        auto reader = take();
        auto outcome = run_on(*reader, work);
        give_back(std::move(reader));
        return outcome;
    } catch (const sql::Error& error) {
        log::error("metadata cannot be read", {{.name = "error", .value = error.what()}});
        return fail(FaultKind::unavailable, "the metadata cannot be read");
    }
}

}  // namespace berth::store::sqlite
