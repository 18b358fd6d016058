// rpmdb.sqlite: table Packages(hnum, blob). The file is hostile: it is opened from memory, read-only, with everything
// off that lets a schema do things, and a bound on the steps that reading may take.
#include "inventory/rpm_databases.hpp"
#include "inventory/sqlite_log.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

namespace berth::inventory {
namespace {

constexpr std::size_t header_bytes = 100;
constexpr std::size_t write_version_at = 18;
constexpr std::size_t read_version_at = 19;
constexpr std::byte rollback_mode{1};
// Reading one row takes about ten steps of SQLite's machine. Asked every thousand steps.
constexpr int steps_between = 1000;
constexpr std::uint64_t max_steps = 100 * max_packages_of_file;

struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

std::unexpected<Fault> broken(sqlite3* database) {
    return fail(FaultKind::invalid_parameter, std::string("is a broken SQLite database: ") +
                                                  (database ? sqlite3_errmsg(database) : "cannot be opened"));
}

int count_steps(void* left) {
    auto& steps = *static_cast<std::uint64_t*>(left);
    if (steps < steps_between) return 1;
    steps -= steps_between;
    return 0;
}

Database open(std::vector<std::byte>& image) {
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, nullptr);
    Database database(raw);
    if (opened != SQLITE_OK) return nullptr;
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_limit(raw, SQLITE_LIMIT_ATTACHED, 0);
    const auto size = static_cast<sqlite3_int64>(image.size());
    if (sqlite3_deserialize(raw, "main", reinterpret_cast<unsigned char*>(image.data()), size, size,
                            SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
        return nullptr;
    }
    sqlite3_exec(raw, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA query_only = ON", nullptr, nullptr,
                 nullptr);
    return database;
}

Statement prepare(sqlite3* database, const char* sql) {
    sqlite3_stmt* raw = nullptr;
    sqlite3_prepare_v2(database, sql, -1, &raw, nullptr);
    return Statement(raw);
}

// A plain table: neither a view, which is a program, nor a virtual table, which is one of ours.
bool has_plain_table(sqlite3* database) {
    const auto statement = prepare(database,
                                   "SELECT 1 FROM sqlite_schema WHERE name = 'Packages' COLLATE NOCASE "
                                   "AND type = 'table' AND rootpage > 0");
    return statement && sqlite3_step(statement.get()) == SQLITE_ROW;
}

}  // namespace

Result<void> read_rpm_sqlite(std::vector<std::byte>& image, std::span<const std::byte> write_ahead_log,
                             const RpmHeaderSink& sink) {
    if (auto applied = apply_sqlite_log(image, write_ahead_log); !applied) return applied;
    if (image.size() < header_bytes) return fail(FaultKind::invalid_parameter, "is too short for a SQLite database");
    image[write_version_at] = image[read_version_at] = rollback_mode;

    const auto database = open(image);
    if (!database) return broken(nullptr);
    auto steps = max_steps;
    sqlite3_progress_handler(database.get(), steps_between, count_steps, &steps);
    if (!has_plain_table(database.get())) return fail(FaultKind::invalid_parameter, "has no table of packages");
    const auto statement = prepare(database.get(), "SELECT blob FROM Packages");
    if (!statement) return broken(database.get());
    for (;;) {
        const int answer = sqlite3_step(statement.get());
        if (answer == SQLITE_DONE) return {};
        if (answer == SQLITE_INTERRUPT) return fail(FaultKind::too_large, "takes too many steps to read");
        if (answer != SQLITE_ROW) return broken(database.get());
        const auto* blob = static_cast<const std::byte*>(sqlite3_column_blob(statement.get(), 0));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), 0));
        if (blob == nullptr) continue;
        if (auto taken = sink({blob, size}); !taken) return taken;
    }
}

}  // namespace berth::inventory
