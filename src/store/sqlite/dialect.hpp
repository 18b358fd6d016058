// SQLite's words, and the only SQL of this folder that other engines would not understand.
#pragma once

#include "store/sql/dialect.hpp"
#include "store/sql/query.hpp"

namespace berth::store::sqlite {

inline constexpr sql::Dialect dialect{
    .id = "INTEGER",  // exactly this word makes the key the row's own address
    .text = "TEXT",   // collation BINARY is the default
    .bytes = "BLOB",
    .clustered = "WITHOUT ROWID",
};

// Takes the write lock at once: two readers that both want to write would otherwise refuse each other.
inline constexpr sql::Query begin_write = "BEGIN IMMEDIATE";
inline constexpr sql::Query begin_read = "BEGIN DEFERRED";
inline constexpr sql::Query commit = "COMMIT";
inline constexpr sql::Query rollback = "ROLLBACK";

inline constexpr sql::Query open_savepoint = "SAVEPOINT one";
inline constexpr sql::Query keep_savepoint = "RELEASE one";
inline constexpr sql::Query drop_savepoint = "ROLLBACK TO one";

// Writes a page and changes nothing: whether the disk takes it is what counts.
inline constexpr sql::Query probe_write = "UPDATE schema_version SET version = version";

}  // namespace berth::store::sqlite
