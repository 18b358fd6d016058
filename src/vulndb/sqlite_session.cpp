#include "vulndb/sqlite_session.hpp"

#include <limits>

namespace berth::vulndb {

namespace {

// Longest value of a column: the list of a package, or a record.
constexpr int max_value_bytes = 256 << 20;

// SQLite's word for the kind of error, and what the session knows beyond that.
std::string reason_of(sqlite3* session, int code) {
    const std::string kind = sqlite3_errstr(code);
    const std::string detail = session != nullptr ? sqlite3_errmsg(session) : "";
    return detail.empty() || detail == kind ? kind : kind + ": " + detail;
}

}  // namespace

SqliteError::SqliteError(sqlite3* session, int code) : SqliteError(reason_of(session, code), code) {}

SqliteError::SqliteError(std::string reason, int code)
    : std::runtime_error("vulnerability database: " + reason), reason_(std::move(reason)), code_(code) {}

Statement::Statement(sqlite3* session, std::string_view text) : session_(session) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(session, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    statement_.reset(statement);
    check(code);
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) throw SqliteError(session_, code);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), parameter, value));
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view value) {
    // A null pointer would bind NULL, also with a length of 0.
    const char* data = value.empty() ? "" : value.data();
    check(sqlite3_bind_text64(statement_.get(), parameter, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind_bytes(int parameter, std::string_view value) {
    const char* data = value.empty() ? "" : value.data();
    check(sqlite3_bind_blob64(statement_.get(), parameter, data, value.size(), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind_real(int parameter, double value) {
    check(sqlite3_bind_double(statement_.get(), parameter, value));
    return *this;
}

Statement& Statement::bind_null(int parameter) {
    check(sqlite3_bind_null(statement_.get(), parameter));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    // reset() repeats the failure, so it is looked at first.
    if (code != SQLITE_DONE) {
        const SqliteError error(session_, code);
        reset();
        throw SqliteError(error);
    }
    reset();
    return false;
}

void Statement::run() {
    while (step()) {
    }
}

void Statement::reset() noexcept {
    sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string_view Statement::bytes(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    const auto size = sqlite3_column_bytes(statement_.get(), column);
    return data == nullptr ? std::string_view{} : std::string_view(data, static_cast<std::size_t>(size));
}

Session::Session(const std::filesystem::path& file, int flags) {
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw SqliteError(handle, code);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, max_value_bytes);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

Session Session::create(const std::filesystem::path& file) {
    std::filesystem::remove(file);
    Session session(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    // Nobody sees the file before it is whole and synced: no journal is needed meanwhile.
    session.run(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-16384");
    return session;
}

Session Session::on_memory(std::span<const std::byte> database) {
    Session session(":memory:", SQLITE_OPEN_READWRITE);
    // SQLite takes the bytes as its own to write, but with this flag it never does.
    auto* bytes = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(database.data()));
    const auto size = static_cast<sqlite3_int64>(database.size());
    const int code = sqlite3_deserialize(session.handle_.get(), "main", bytes, size, size, SQLITE_DESERIALIZE_READONLY);
    if (code != SQLITE_OK) throw SqliteError(session.handle_.get(), code);
    session.run("PRAGMA cell_size_check=ON; PRAGMA query_only=ON");
    return session;
}

void Session::run(std::string_view script) {
    const int code = sqlite3_exec(handle_.get(), std::string(script).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw SqliteError(handle_.get(), code);
}

}  // namespace berth::vulndb
