// The worker: a process that reads layers for a server, and can do nothing else.
#pragma once

#include "worker/sandbox.hpp"

#include <cstddef>

namespace berth::worker {

// The exit code of a worker that could not be confined, and so read nothing.
inline constexpr int not_confined = 3;

// Enters the sandbox, then answers requests of descriptor 0 on descriptor 1 (worker/frames.hpp) until there are no
// more, it has answered `layers` of them, or a quarter of its processor time is used: a layer that comes last must not
// have less than one that comes first. Returns the exit code; leave by _exit, what runs at exit() is not for a sandbox.
[[nodiscard]] int run_layer_worker(const SandboxLimits& limits, std::size_t layers);

}  // namespace berth::worker
