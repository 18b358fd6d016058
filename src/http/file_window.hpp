// One piece of a file that is about to be sent: is it in memory, and if not, get it there without blocking.
#pragma once

#include "async/offload.hpp"
#include "async/task.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace berth::http {

// Brings the bytes into the page cache, on `pool` unless they are there already. A file that ends earlier or cannot be
// read is found out by whoever sends it. `owner` keeps the descriptor open.
Task<void> warm_window(BlockingPool& pool, std::shared_ptr<void> owner, int file, std::uint64_t offset,
                       std::size_t length);

// Reads up to out.size() bytes: from the page cache at once, from the disk on `pool`. 0 is the end of the file.
// `out` lives until this returns.
Task<Result<std::size_t>> read_window(BlockingPool& pool, int file, std::uint64_t offset, std::span<std::byte> out);

}  // namespace berth::http
