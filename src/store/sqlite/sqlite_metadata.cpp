#include "store/sqlite/sqlite_metadata.hpp"

#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/data_lock.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/scratch_folder.hpp"
#include "store/sqlite/writer.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <utility>

namespace berth::store::sqlite {
namespace {

WriterLimits limits_of(const Options& options) {
    return {.queue = options.queue_limit,
            .batch = options.batch_limit,
            .checkpoint_pages = options.checkpoint_pages,
            .sync = !options.in_memory};
}

// All steps or none.
Result<void> bring_up_to_date(SqliteConnection& db, std::span<const sql::Migration> steps) {
    db.change(begin_write);
    auto done = sql::migrate(db, dialect, steps);
    db.change(done ? commit : rollback);
    return done;
}

// The file before it is known to be up to date. Connections close before the lock goes.
struct OpenFile {
    std::optional<ScratchFolder> scratch;
    DataLock lock;
    SqliteConnection db;
    Readers readers;
};

}  // namespace

// Ends from the bottom up: the writer answers what waits, then the file is closed.
struct SqliteMetadata::Parts {
    Parts(std::unique_ptr<OpenFile> opened, const std::filesystem::path& path, Sync sync, const Options& options)
        : file(std::move(opened)), checkpointer(path, sync), writer(file->db, checkpointer, limits_of(options)) {}

    std::unique_ptr<OpenFile> file;
    Checkpointer checkpointer;
    Writer writer;
    std::atomic<std::uint64_t> reads{0};
};

SqliteMetadata::SqliteMetadata(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteMetadata::~SqliteMetadata() = default;

Result<std::unique_ptr<SqliteMetadata>> SqliteMetadata::open(const Options& options) {
    std::optional<ScratchFolder> scratch;
    std::filesystem::path file = options.path;
    if (options.in_memory) {
        auto folder = ScratchFolder::create();
        if (!folder) return fail(std::move(folder));
        file = folder->path() / "metadata.db";
        scratch.emplace(std::move(*folder));
    }
    auto lock = DataLock::acquire(file.has_parent_path() ? file.parent_path() : ".");
    if (!lock) return fail(std::move(lock));
    try {
        std::unique_ptr<OpenFile> opened(
            new OpenFile{.scratch = std::move(scratch),
                         .lock = std::move(*lock),
                         .db = SqliteConnection(file, Access::read_write, options.writer_cache_kib),
                         .readers = Readers(file, options.reader_cache_kib)});
        const auto sync = options.in_memory ? Sync::off : Sync::full;
        opened->db.set_sync(sync);
        auto ready = bring_up_to_date(opened->db, options.migrations);
        if (!ready) return fail(std::move(ready));
        auto parts = std::make_unique<Parts>(std::move(opened), file, sync, options);
        return std::unique_ptr<SqliteMetadata>(new SqliteMetadata(std::move(parts)));
    } catch (const sql::Error& error) {
        return fail(error.kind(), "cannot open the database " + file.string() + ": " + error.what());
    }
}

Task<Result<void>> SqliteMetadata::run_read(const Work& work) {
    ++parts_->reads;
    co_return parts_->file->readers.run(work);
}

Task<Result<void>> SqliteMetadata::run_write(const Work& work, Durability durability) {
    return parts_->writer.write(work, durability);
}

Task<Result<void>> SqliteMetadata::check() {
    const Work probe = [this](Transaction&) -> Result<void> {
        parts_->file->db.change(probe_write);
        return {};
    };
    co_return co_await parts_->writer.write(probe, Durability::relaxed);
}

Statistics SqliteMetadata::statistics() const {
    Statistics statistics{.reads = parts_->reads};
    parts_->writer.report(statistics);
    statistics.checkpoints = parts_->checkpointer.count();
    return statistics;
}

}  // namespace berth::store::sqlite
