#include "store/sqlite/error.hpp"

#include "store/sql/error.hpp"

#include <string>

namespace berth::store::sqlite {

void throw_error(sqlite3* handle, int code) {
    const auto kind = (code & 0xff) == SQLITE_FULL ? FaultKind::storage_full : FaultKind::unavailable;
    std::string what = sqlite3_errstr(code);
    // Often they are the same words.
    if (const std::string more = handle ? sqlite3_errmsg(handle) : what; more != what) what += ": " + more;
    const bool lost = code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
    throw sql::Error(kind, what + " (" + std::to_string(code) + ")", lost ? sql::Sync::failed : sql::Sync::not_tried);
}

}  // namespace berth::store::sqlite
