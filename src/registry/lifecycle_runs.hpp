// Lifecycle policies at work: images that are due expire or go to the archive.
//
// A run judges the whole repository once and then acts in small transactions, oldest image first, with a pause between
// them, so that pushes are not held up. Each transaction looks again whether the policy still governs and the image is
// still what was judged; what has changed is left to the next run. So a run may be stopped and started anywhere.
// Only a referrer would be found no more once its subject went: a subject whose referrers are not of the same
// transaction, or do not go with it as they have changed, is noted, and the next run lets them follow. A run that comes
// to its end forgets those it had found.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "lifecycle/evaluate.hpp"
#include "model/repository.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <string>

namespace berth::registry {

enum class RunEnd : std::uint8_t {
    finished,
    stopped,  // on the way; the next run goes on
    busy,     // this process is at work on another repository: one at a time
};

// Numbers for /metrics.
struct LifecycleStatistics {
    std::uint64_t runs = 0;
    std::uint64_t refused = 0;   // policies that were found not to be one any more
    std::uint64_t expired = 0;   // images
    std::uint64_t archived = 0;  // images
    std::uint64_t held = 0;      // images that were due in the last run and had to stay
};

// Thread-safe; lives as long as the services it was given.
class LifecycleRuns {
public:
    explicit LifecycleRuns(Services& services) : services_(services) {}

    Task<Result<RunEnd>> run(model::RepositoryId repository, std::stop_token stop);
    // Asks for a run of every repository that a policy governs.
    Task<Result<void>> schedule();
    [[nodiscard]] LifecycleStatistics statistics() const;

private:
    struct Plan;
    struct Batch;

    Task<Result<void>> refuse(const RepositoryRef& repository, store::LifecyclePolicy stored, std::string reason);
    Task<Result<RunEnd>> execute(Plan& plan, std::stop_token stop);
    Result<void> act(Plan& plan, Batch& batch, store::Transaction& tx);
    void note_subject(const Plan& plan, std::uint32_t subject, const lifecycle::Decision& by,
                      store::Transaction& tx) const;
    Task<Result<void>> close(Plan& plan);
    Task<Result<void>> forget_subjects(model::RepositoryId repository);
    Task<Result<void>> schedule_own();
    Task<Result<void>> schedule_defaults(model::Registry registry);

    Services& services_;
    std::atomic<bool> busy_{false};
    std::atomic<std::uint64_t> runs_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> expired_{0};
    std::atomic<std::uint64_t> archived_{0};
    std::atomic<std::uint64_t> held_{0};
};

}  // namespace berth::registry
