// The metadata store in one SQLite file: the default, and all a single server needs.
#pragma once

#include "base/result.hpp"
#include "store/metadata.hpp"
#include "store/sql/migrations.hpp"
#include "store/sqlite/statistics.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace berth::store::sqlite {

struct Options {
    std::filesystem::path path;  // the database; DATA/lock beside it keeps a second server out
    // A database of one's own that goes when this does: a file in a temporary folder that is never synced, because
    // only a file lets readers and the writer work at once. `path` is not looked at.
    bool in_memory = false;
    std::size_t queue_limit = 4096;  // writes that may wait; one more is answered `unavailable`
    std::size_t batch_limit = 128;   // writes under one commit
    int checkpoint_pages = 4096;     // of 8 KiB: length the write-ahead log may reach before it is moved
    int writer_cache_kib = 16 * 1024;
    int reader_cache_kib = 2 * 1024;  // for each thread that reads
    std::span<const sql::Migration> migrations = sql::migrations();
};

// Thread-safe. Reads run at once on the calling thread; writes wait for the writer thread. Destroy it after the
// last task on it is done.
class SqliteMetadata final : public Metadata {
public:
    // Creates the file or brings its schema up to date; the folder must be there. Fault unavailable, with a message
    // for people: another server has the folder, a newer program wrote the database, it cannot be opened.
    [[nodiscard]] static Result<std::unique_ptr<SqliteMetadata>> open(const Options& options);
    ~SqliteMetadata() override;

    Task<Result<void>> run_read(const Work& work) override;
    Task<Result<void>> run_write(const Work& work, Durability durability) override;
    Task<Result<void>> check() override;

    [[nodiscard]] Statistics statistics() const;

private:
    struct Parts;
    explicit SqliteMetadata(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace berth::store::sqlite
