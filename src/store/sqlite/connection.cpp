#include "store/sqlite/connection.hpp"

#include "store/sqlite/error.hpp"
#include "store/sqlite/statement.hpp"

#include <mutex>
#include <string>

namespace berth::store::sqlite {
namespace {

// Memory statistics would make all threads meet at one mutex for each allocation.
void configure_once() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

int open_flags(Access access) {
    const int way = access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    return way | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
}

}  // namespace

SqliteConnection::SqliteConnection(const std::filesystem::path& file, Access access, int cache_kib) {
    configure_once();
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &handle, open_flags(access), nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw_error(handle, code);
    set_up(access, cache_kib);
}

SqliteConnection::~SqliteConnection() = default;

// Pages of 8 KiB: an inline blob of 64 KiB is a chain of nine, and a commit, which logs whole pages, stays small.
// No mmap: an unreadable disk would be a signal that ends the server instead of an error.
void SqliteConnection::set_up(Access access, int cache_kib) {
    sqlite3* db = handle_.get();
    sqlite3_busy_timeout(db, 5000);
    sqlite3_wal_autocheckpoint(db, 0);
    run_script("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -" +
               std::to_string(cache_kib));
    if (access == Access::read_only) {
        run_script("PRAGMA query_only = ON");
        return;
    }
    run_script("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    sqlite3_wal_hook(db, &SqliteConnection::note_log_pages, this);
}

int SqliteConnection::note_log_pages(void* self, sqlite3*, const char*, int pages) {
    static_cast<SqliteConnection*>(self)->log_pages_ = pages;
    return SQLITE_OK;
}

void SqliteConnection::run_script(const std::string& text) {
    const int code = sqlite3_exec(handle_.get(), text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_error(handle_.get(), code);
}

void SqliteConnection::set_sync(Sync sync) {
    if (sync == sync_) return;
    switch (sync) {
        case Sync::off:
            run_script("PRAGMA synchronous = OFF");
            break;
        case Sync::normal:
            run_script("PRAGMA synchronous = NORMAL");
            break;
        case Sync::full:
            run_script("PRAGMA synchronous = FULL");
            break;
    }
    sync_ = sync;
}

void SqliteConnection::checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) throw_error(handle_.get(), code);
}

sql::Statement& SqliteConnection::prepare(sql::Query query) {
    auto& statement = statements_[query.text().data()];
    if (!statement) statement = std::make_unique<SqliteStatement>(handle_.get(), query);
    statement->take();
    return *statement;
}

std::vector<std::string_view> SqliteConnection::prepared_texts() const {
    std::vector<std::string_view> texts;
    texts.reserve(statements_.size());
    for (const auto& [text, statement] : statements_) texts.emplace_back(text);
    return texts;
}

}  // namespace berth::store::sqlite
