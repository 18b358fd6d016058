// How much of somebody else's archive is read before it is called a bomb. Each limit has an error text of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace berth::archive {

struct Limits {
    std::uint64_t packed_bytes = std::uint64_t{20} << 30;    // as stored; members and frames without content count
    std::uint64_t unpacked_bytes = std::uint64_t{20} << 30;  // what comes out
    // More than `ratio` bytes for each stored one is refused once more than `ratio_free_bytes` came out.
    std::uint64_t ratio = 200;
    std::uint64_t ratio_free_bytes = std::uint64_t{100} << 20;
    std::uint64_t entries = 2'000'000;
    std::size_t path_bytes = 4096;
    std::size_t path_depth = 128;
    // Asked between buffers (at least once a MiB); true ends the reading with FaultKind::deadline. Empty: no deadline.
    std::function<bool()> out_of_time = {};
};

}  // namespace berth::archive
