// Test programs that are their own workers: started again with the right arguments, they read layers instead of testing
// how layers are read. Include it in one file of a room's tests, which then needs no gtest_main.
#pragma once

#include "worker/layer_worker.hpp"
#include "worker/process.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace berth::testing {

inline worker::Program worker_program(std::string_view kind = "layers", std::uint64_t memory = std::uint64_t{1} << 30,
                                      std::uint64_t cpu_seconds = 60, std::size_t layers = 50) {
    return {.path = "/proc/self/exe",
            .arguments = {"--worker", std::string(kind), std::to_string(memory), std::to_string(cpu_seconds),
                          std::to_string(layers)}};
}

// `misbehave` does what a broken worker of that kind does, and returns its exit code.
inline int run_tests_or_worker(int argc, char** argv, int (*misbehave)(std::string_view kind)) {
    const std::vector<std::string_view> words(argv, argv + argc);
    if (words.size() == 6 && words[1] == "--worker") {
        if (words[2] != "layers") ::_exit(misbehave(words[2]));
        const worker::SandboxLimits limits{.memory_bytes = std::strtoull(argv[3], nullptr, 10),
                                           .cpu_seconds = std::strtoull(argv[4], nullptr, 10)};
        ::_exit(worker::run_layer_worker(limits, std::strtoull(argv[5], nullptr, 10)));
    }
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

}  // namespace berth::testing
