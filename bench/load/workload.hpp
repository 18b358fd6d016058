// A workload seeds a registry and hands each client the calls it repeats.
#pragma once

#include "client.hpp"
#include "registry_calls.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bench {

// One client's share; used by one thread.
class Caller {
public:
    virtual ~Caller() = default;
    // Makes what the next call sends. Before the call's clock starts, but within the run: keep it cheap.
    // False when nothing is left to do; the client then stops early.
    virtual bool prepare() = 0;
    // One call, from its first byte sent to its last byte received. Returns the payload bytes it moved.
    virtual std::uint64_t perform(Client& client) = 0;
};

class Workload {
public:
    virtual ~Workload() = default;
    // Once, before all runs.
    virtual void seed(Client& client) = 0;
    // `client` counts from 0 within a run; the workload outlives its callers. Called by one thread.
    virtual std::unique_ptr<Caller> caller(std::size_t client) = 0;
};

struct Parameters {
    std::string workload;
    std::string repository = "bench/data";
    std::size_t size = 0;     // of a blob, where the workload has one
    std::size_t seeds = 0;    // how many things are there before
    std::size_t targets = 0;  // mount: how many repositories, named REPOSITORY-0 and so on, take the mounts
    PushStyle style = PushStyle::monolithic;
};

// Throws std::invalid_argument for a name it does not know.
std::unique_ptr<Workload> make_workload(const Parameters& parameters);

// The families, each in its own file; null when the name is not theirs.
std::unique_ptr<Workload> make_pull_workload(const Parameters& parameters);
std::unique_ptr<Workload> make_push_workload(const Parameters& parameters);
std::unique_ptr<Workload> make_image_workload(const Parameters& parameters);

}  // namespace bench
