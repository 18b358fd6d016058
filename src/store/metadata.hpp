// The metadata store: everything a registry knows but for large blobs' bytes.
//
// A use case hands in a function that gets a Transaction and runs to its end without waiting; check-then-act is
// therefore safe inside it. write() may run it more than once (a conflict between nodes), so it must have no effect
// outside the transaction but for its result. When it returns a Fault, nothing of it stays. When write() returns
// success, it is durable to the degree that was asked for; many writers share one commit.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "store/transaction.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <type_traits>
#include <utility>

namespace berth::store {

enum class Durability : std::uint8_t {
    synced,   // survives a power cut: whatever is acknowledged to a client as done
    relaxed,  // survives the end of the process only: upload progress, leases, pull times
};

// Thread-safe.
class Metadata {
public:
    using Work = std::function<Result<void>(Transaction&)>;

    Metadata() = default;
    Metadata(const Metadata&) = delete;
    Metadata& operator=(const Metadata&) = delete;
    virtual ~Metadata() = default;

    // A consistent view; changes made in it are refused. Meant for point queries and bounded pages.
    // `work` outlives the task.
    virtual Task<Result<void>> run_read(const Work& work) = 0;
    virtual Task<Result<void>> run_write(const Work& work, Durability durability) = 0;
    // Can it be written to right now? For /readyz.
    virtual Task<Result<void>> check() = 0;

    // F: Result<T>(Transaction&). Gives Task<Result<T>>.
    template <class F>
    Task<std::invoke_result_t<F&, Transaction&>> read(F work) {
        std::invoke_result_t<F&, Transaction&> result = never_ran();
        const Work run = [&](Transaction& tx) { return keep(work(tx), result); };
        auto done = co_await run_read(run);
        if (!done) co_return fail(std::move(done));
        co_return result;
    }

    template <class F>
    Task<std::invoke_result_t<F&, Transaction&>> write(F work, Durability durability = Durability::synced) {
        std::invoke_result_t<F&, Transaction&> result = never_ran();
        const Work run = [&](Transaction& tx) { return keep(work(tx), result); };
        auto done = co_await run_write(run, durability);
        if (!done) co_return fail(std::move(done));
        co_return result;
    }

private:
    static std::unexpected<Fault> never_ran() { return fail(FaultKind::internal, "the store did not run its work"); }

    template <class R>
    static Result<void> keep(R outcome, R& result) {
        if (!outcome) return std::unexpected(std::move(outcome).error());
        result = std::move(outcome);
        return {};
    }
};

}  // namespace berth::store
