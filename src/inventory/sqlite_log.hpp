// SQLite's write-ahead log, put into the database image it belongs to. (https://sqlite.org/fileformat2.html, "The
// Write-Ahead Log".) A database in memory cannot have a log, and a layer may hold transactions that are only there.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace berth::inventory {

// Puts every page of `log` up to its last whole transaction into `image`. A log that is empty or begins with another
// salt changes nothing. Fault: too_large (a page number no database of a layer has).
[[nodiscard]] Result<void> apply_sqlite_log(std::vector<std::byte>& image, std::span<const std::byte> log);

}  // namespace berth::inventory
