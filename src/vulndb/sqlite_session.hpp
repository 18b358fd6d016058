// SQLite for this room: one session, its statements. What fails here is a broken machine or a broken file: SqliteError.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace berth::vulndb {

class SqliteError : public std::runtime_error {
public:
    SqliteError(sqlite3* session, int code);
    // What is wrong, for those who say themselves with which database; what() says that it is this kind.
    [[nodiscard]] const std::string& reason() const { return reason_; }
    [[nodiscard]] int code() const { return code_; }

private:
    SqliteError(std::string reason, int code);

    std::string reason_;
    int code_;
};

// Used by one thread at a time; must not outlive its session.
class Statement {
public:
    Statement(sqlite3* session, std::string_view text);

    // Each returns the statement, so that a call reads in one line. Bound text and bytes are copied.
    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, std::string_view value);
    Statement& bind_bytes(int parameter, std::string_view value);
    Statement& bind_real(int parameter, double value);
    Statement& bind_null(int parameter);

    // Whether there is a row. After the last one the statement is ready for the next use.
    bool step();
    // For statements without rows.
    void run();
    void reset() noexcept;

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    // Until the next step.
    [[nodiscard]] std::string_view bytes(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    void check(int code) const;

    sqlite3* session_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Session {
public:
    // Makes the file; what was there is lost.
    [[nodiscard]] static Session create(const std::filesystem::path& file);
    // A whole database in memory, which must outlive the session; never written. Functions and views of the schema
    // are not trusted.
    [[nodiscard]] static Session on_memory(std::span<const std::byte> database);

    void run(std::string_view script);
    [[nodiscard]] Statement prepare(std::string_view text) { return {handle_.get(), text}; }
    [[nodiscard]] std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    Session(const std::filesystem::path& file, int flags);

    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace berth::vulndb
