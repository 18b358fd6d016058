// The workers of a server: started when there is work, kept for some layers, ended when idle or when one goes wrong.
#pragma once

#include "async/byte_source.hpp"
#include "async/offload.hpp"
#include "async/share_of_time.hpp"
#include "async/task.hpp"
#include "inventory/layer_inventory.hpp"
#include "inventory/limits.hpp"
#include "worker/process.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace berth::worker {

struct PoolOptions {
    Program program;
    std::size_t workers = 2;  // at the same time; more layers wait
    std::chrono::milliseconds idle{30'000};
    // What the workers have of the time while others go first; null: all of it. Outlives the pool.
    ShareOfTime* share = nullptr;
};

struct LayerRead {
    std::string encoded;  // inventory::encode_layer()
    inventory::LayerInventory layer;
};

// Opens the layer's bytes; called a second time when the first reading missed a link.
using OpenLayer = std::function<Task<Result<std::unique_ptr<ByteSource>>>()>;

// Thread-safe. Outlives its tasks.
class Pool {
public:
    explicit Pool(PoolOptions options);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Faults: those of scan_layer(); deadline (the wall clock, or the worker's processor time); internal: the worker
    // broke over the layer, the message says how; unavailable: it cannot be started or confined, or stop() was called;
    // and those of the source. What a worker answers is believed of this layer only, and only when it decodes.
    Task<Result<LayerRead>> read_layer(OpenLayer open, const inventory::Limits& limits, Deadline deadline);

    // Ends all workers; what runs and what comes later fails with `unavailable`. For the end of the program.
    void stop();

    struct Statistics {
        std::size_t running = 0;    // processes, idle ones included
        std::uint64_t started = 0;  // ever
        std::uint64_t broken = 0;   // died, lied, or were late
    };
    [[nodiscard]] Statistics statistics() const;

private:
    class Lease;
    struct Idle {
        std::unique_ptr<Process> process;
        std::chrono::steady_clock::time_point until;
    };

    // Waits for a free place. Every lease is given back by its destructor.
    Task<Lease> lease();
    void give_place_back();
    // One that waits, or a new one.
    Task<Result<std::unique_ptr<Process>>> take_process();
    void keep(std::unique_ptr<Process> process);
    void forget(std::unique_ptr<Process> process);

    Task<std::size_t> give_way(Process& process);
    Task<Result<Answer>> exchange(Process& process, ByteSource& layer, const Request& request, Deadline deadline);
    Task<Result<Answer>> ask(const OpenLayer& open, const Request& request, Deadline deadline);
    [[nodiscard]] std::unexpected<Fault> stopped() const;
    void end_idle_ones(const std::stop_token& stop);

    const PoolOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::size_t places_;
    std::deque<std::move_only_function<void()>> waiting_;
    std::vector<Process*> busy_;
    std::deque<Idle> idle_;  // the one that has waited longest first
    bool stopping_ = false;
    std::uint64_t started_ = 0;
    std::uint64_t broken_ = 0;
    BlockingPool threads_;  // one for each busy worker: it blocks on the socket
    std::jthread tidy_;
};

}  // namespace berth::worker
