#include "jobs/housekeeping.hpp"

#include "registry/pull_recorder.hpp"

namespace berth::jobs {

namespace {

constexpr std::size_t batch = 500;
constexpr std::size_t purge_batch = 100;  // dearer rows: blobs go with them

Task<Result<Outcome>> sweep_uploads(registry::Uploads& uploads) {
    auto swept = co_await uploads.sweep(batch);
    if (!swept) co_return fail(std::move(swept));
    co_return *swept >= batch ? Outcome::more : Outcome::done;
}

// Synced: bytes of the blobs that go are removed once this is committed, and rows that came back after a power cut
// would point at nothing.
Task<Result<Outcome>> purge_repositories(store::Metadata& metadata) {
    auto purged = co_await metadata.write(
        [](store::Transaction& tx) -> Result<std::size_t> { return tx.repositories().purge(purge_batch); },
        store::Durability::synced);
    if (!purged) co_return fail(std::move(purged));
    co_return *purged > 0 ? Outcome::more : Outcome::done;
}

Task<Result<Outcome>> empty_bin(registry::RecycleBin& recycle_bin) {
    auto emptied = co_await recycle_bin.empty(batch);
    if (!emptied) co_return fail(std::move(emptied));
    co_return *emptied >= batch ? Outcome::more : Outcome::done;
}

Task<Result<Outcome>> trim_events(store::Metadata& metadata, Timestamp before) {
    auto trimmed = co_await metadata.write(
        [before](store::Transaction& tx) -> Result<std::size_t> { return tx.outbox().trim(before, batch); },
        store::Durability::relaxed);
    if (!trimmed) co_return fail(std::move(trimmed));
    co_return *trimmed >= batch ? Outcome::more : Outcome::done;
}

Task<Result<Outcome>> write_pull_times(registry::PullRecorder& pulls, store::Metadata& metadata) {
    auto written = co_await pulls.flush(metadata);
    if (!written) co_return fail(std::move(written));
    co_return Outcome::done;
}

}  // namespace

void add_housekeeping(Runner& runner, registry::Services& services, registry::Uploads& uploads,
                      registry::RecycleBin& recycle_bin, const HousekeepingOptions& options) {
    runner.add({.kind = "upload-sweep", .scope = Scope::store, .interval = options.sweep_interval, .run = [&uploads] {
                    return sweep_uploads(uploads);
                }});
    runner.add(
        {.kind = "repository-purge", .scope = Scope::store, .interval = options.purge_interval, .run = [&services] {
             return purge_repositories(services.metadata);
         }});
    runner.add({.kind = "recycle-bin", .scope = Scope::store, .interval = options.bin_interval, .run = [&recycle_bin] {
                    return empty_bin(recycle_bin);
                }});
    runner.add({.kind = "event-trim",
                .scope = Scope::store,
                .interval = std::chrono::minutes(10),
                .run = [&services, keep = options.event_retention] {
                    return trim_events(services.metadata, services.clock.now() - keep);
                }});
    runner.add(
        {.kind = "pull-times", .scope = Scope::process, .interval = options.pull_times_interval, .run = [&services] {
             return write_pull_times(services.pulls, services.metadata);
         }});
}

}  // namespace berth::jobs
