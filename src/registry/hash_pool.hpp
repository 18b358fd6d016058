// Threads that hash pieces of uploads, two at a time.
//
// Few on purpose: where pieces of two uploads wait, one thread hashes both at once nearly as fast as two threads would
// one each (see docs/decisions, "SHA-256 of two uploads at once"), and leaves a core for the network.
#pragma once

#include "async/task.hpp"
#include "base/size.hpp"
#include "registry/hasher.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace berth::registry {

// Thread-safe. Destroy it after the last hash() is done.
class HashPool {
public:
    // Pieces shorter than this are hashed on the caller's thread: handing over would cost more.
    static constexpr std::size_t worth_handing_over = 128_KiB;

    explicit HashPool(unsigned threads = half_of_the_cores());
    ~HashPool();
    HashPool(const HashPool&) = delete;
    HashPool& operator=(const HashPool&) = delete;

    // Both outlive the task.
    Task<void> hash(Hasher& hasher, std::span<const std::byte> piece);

private:
    static unsigned half_of_the_cores() { return std::max(1U, std::thread::hardware_concurrency() / 2); }

    struct Piece {
        Hasher* hasher = nullptr;
        std::span<const std::byte> bytes;
        std::move_only_function<void()> done;
    };

    void run();
    // One piece, and a second one when it waits; empty when the pool ends.
    std::vector<Piece> next();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Piece> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace berth::registry
