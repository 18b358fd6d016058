// One SQLite session: prepared statements by literal, errors as sql::Error.
#pragma once

#include "store/sql/connection.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace berth::store::sqlite {

enum class Access : std::uint8_t { read_only, read_write };

// How much a commit waits for: SQLite's `synchronous`.
enum class Sync : std::uint8_t { off, normal, full };

class SqliteStatement;

// Used by one thread at a time (SQLite's own mutex is off). Everything throws sql::Error.
class SqliteConnection final : public sql::Connection {
public:
    // read_write creates the file; `cache_kib` bounds the page cache of this session.
    SqliteConnection(const std::filesystem::path& file, Access access, int cache_kib);
    ~SqliteConnection() override;

    void run_script(const std::string& text) override;

    // Not inside a transaction. Costs nothing when nothing changes.
    void set_sync(Sync sync);
    // Whether BEGIN ran and the transaction was not taken back, by us or by SQLite itself.
    [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
    // Copies what it can of the log into the database without waiting for anybody.
    void checkpoint();
    // Pages in the write-ahead log after this session's last commit.
    [[nodiscard]] int log_pages() const { return log_pages_; }

    // Texts prepared so far, for the test that looks at their plans.
    [[nodiscard]] std::vector<std::string_view> prepared_texts() const;

protected:
    sql::Statement& prepare(sql::Query query) override;

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };

    void set_up(Access access, int cache_kib);
    static int note_log_pages(void* self, sqlite3*, const char*, int pages);

    std::unique_ptr<sqlite3, Close> handle_;
    // By the address of the literal: a look-up without hashing its text.
    std::unordered_map<const char*, std::unique_ptr<SqliteStatement>> statements_;
    Sync sync_ = Sync::full;
    int log_pages_ = 0;
};

}  // namespace berth::store::sqlite
