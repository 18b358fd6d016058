// The audit record of a lifecycle run: what CloudTrail has as serviceEventDetails of ECR's PolicyExecutionEvent, in the
// detail of events of kind event::lifecycle_execution.
#pragma once

#include "lifecycle/policy.hpp"
#include "model/names.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace berth::registry {

// An image a rule acted on, or could not act on.
struct ExecutionEntry {
    std::string digest;
    std::vector<model::Tag> tags;
    Timestamp pushed_at;
    std::int32_t rule_priority = 1;
    std::string failure_code = {};  // empty: it was done
    std::string failure_reason = {};
};

struct Execution {
    const RepositoryRef& repository;
    const store::LifecyclePolicy& stored;
    const lifecycle::Policy& policy;
    Timestamp evaluated_at;
};

// In the transaction that does what it tells. As many events as ECR makes of it: ten images each.
void record_execution(Services& services, store::Transaction& tx, const Execution& execution,
                      std::span<const ExecutionEntry> entries);

// One event's detail.
[[nodiscard]] std::string execution_json(const Execution& execution, std::span<const ExecutionEntry> entries);

}  // namespace berth::registry
