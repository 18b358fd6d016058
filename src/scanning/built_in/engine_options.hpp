// What an operator may decide of the built-in engine. Apart, so that settings do not include the engine.
#pragma once

#include "inventory/limits.hpp"
#include "worker/sandbox.hpp"

#include <chrono>
#include <cstddef>

namespace berth::scanning {

struct BuiltInOptions {
    inventory::Limits limits;
    std::chrono::milliseconds longest{10 * 60'000};  // of one image, from its first layer on
    bool rank_kernel_headers_last = false;
};

struct EngineOptions {
    std::size_t workers = 2;             // layers read at the same time
    worker::SandboxLimits sandbox;       // of each worker
    std::size_t layers_of_worker = 100;  // then it is replaced
    std::chrono::milliseconds idle{30'000};
    std::size_t database_memory = std::size_t{24} << 20;  // of what was read of the database, for each generation
    BuiltInOptions scans;
};

}  // namespace berth::scanning
