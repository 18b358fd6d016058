#pragma once

#include <sqlite3.h>

namespace berth::store::sqlite {

// Throws the sql::Error for the last failure of `handle`: storage_full for a full disk, unavailable otherwise.
[[noreturn]] void throw_error(sqlite3* handle, int code);

}  // namespace berth::store::sqlite
