#include "registry/on_demand_jobs.hpp"

#include <string>

namespace berth::registry {

void enqueue(Services& services, store::Transaction& tx, std::string_view kind, std::int64_t key, Timestamp run_at) {
    store::Job job;
    job.id = make_row_id(services.clock.now(), services.random);
    job.kind = kind;
    job.key = std::to_string(key);
    job.run_at = run_at;
    static_cast<void>(tx.jobs().enqueue(job));
}

}  // namespace berth::registry
