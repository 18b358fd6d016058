// Read transactions: on the caller's thread, each with a connection of its own while it lasts.
#pragma once

#include "base/result.hpp"
#include "store/metadata.hpp"
#include "store/sql/tables.hpp"
#include "store/sqlite/connection.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace berth::store::sqlite {

// Thread-safe. As many connections as threads ever read at once; the last one used is the next one taken, its pages
// are still warm.
class Readers {
public:
    Readers(std::filesystem::path file, int cache_kib) : file_(std::move(file)), cache_kib_(cache_kib) {}

    // A broken database is the Fault unavailable; what else `work` throws is thrown here.
    [[nodiscard]] Result<void> run(const Metadata::Work& work);

private:
    struct Reader {
        Reader(const std::filesystem::path& file, int cache_kib) : db(file, Access::read_only, cache_kib), tables(db) {}
        SqliteConnection db;
        sql::Tables tables;
    };

    [[nodiscard]] std::unique_ptr<Reader> take();
    void give_back(std::unique_ptr<Reader> reader);
    [[nodiscard]] static Result<void> run_on(Reader& reader, const Metadata::Work& work);

    const std::filesystem::path file_;
    const int cache_kib_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace berth::store::sqlite
