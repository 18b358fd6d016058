// The confinement of a process that parses what strangers pushed.
#pragma once

#include "base/result.hpp"

#include <cstdint>

namespace berth::worker {

struct SandboxLimits {
    std::uint64_t memory_bytes = std::uint64_t{2} << 30;  // of address space, the program itself included
    std::uint64_t cpu_seconds = 600;                      // of the process's whole life
    // How far it steps back where processors are short, 0 to 19: whoever pushes and pulls goes first.
    unsigned niceness = 19;
};

// From here on the process can read descriptor 0, write descriptor 1, manage its memory and end; any other system call
// kills it. All other descriptors but standard error are closed, its environment is empty, nobody can trace it, and
// nothing of it is dumped. Call it before the first byte of a layer is read, with one thread; there is no way back.
// `unavailable`: the system refuses a part of it, and nothing hostile may be read.
[[nodiscard]] Result<void> enter_sandbox(const SandboxLimits& limits);

}  // namespace berth::worker
