#include "app/scan_jobs.hpp"

#include "base/log.hpp"

#include <utility>

namespace berth::app {

namespace {

Task<Result<jobs::Outcome>> look(scanning::Engine& engine, scanning::ScanQueue& queue) {
    auto looked = co_await look_for_database(engine, queue);
    if (!looked) co_return fail(std::move(looked));
    co_return jobs::Outcome::done;
}

constexpr std::size_t sweep_batch = 500;
constexpr std::size_t rematch_batch = 50;
constexpr std::size_t forget_batch = 100;

Task<Result<jobs::Outcome>> reevaluate(scanning::Reevaluation& reevaluation) {
    auto done = co_await reevaluation.run();
    if (!done) co_return fail(std::move(done));
    if (done->images > 0) {
        log::info("images were matched against a changed vulnerability database",
                  {{"images", std::to_string(done->images)}, {"inventories", std::to_string(done->inventories)}});
    }
    auto swept = co_await reevaluation.sweep(sweep_batch);
    if (!swept) co_return fail(std::move(swept));
    co_return *swept >= sweep_batch ? jobs::Outcome::more : jobs::Outcome::done;
}

Task<Result<jobs::Outcome>> ask_clair(scanning::clair::Rematch& rematch, scanning::ScanQueue& queue) {
    auto report = co_await rematch.run(rematch_batch);
    if (!report) co_return fail(std::move(report));
    if (report->news) {
        auto retried = co_await queue.retry_failed();
        if (!retried) co_return fail(std::move(retried));
    }
    co_return report->images >= rematch_batch ? jobs::Outcome::more : jobs::Outcome::done;
}

Task<Result<jobs::Outcome>> tell_clair(scanning::clair::Forget& forget) {
    const auto report = co_await forget.run(forget_batch);
    if (!report) co_return std::unexpected(report.error());
    co_return report->more ? jobs::Outcome::more : jobs::Outcome::done;
}

Task<Result<jobs::Outcome>> run_update(BlockingPool& threads, DatabaseUpdate& update) {
    co_return co_await offload(threads, [&] { return update.run(); });
}

}  // namespace

Task<Result<void>> look_for_database(scanning::Engine& engine, scanning::ScanQueue& queue) {
    auto found = co_await engine.look_for_database();
    if (!found) co_return fail(std::move(found));
    if (*found) {
        auto retried = co_await queue.retry_failed();
        if (!retried) co_return fail(std::move(retried));
        queue.wake();
    }
    co_return Result<void>{};
}

std::vector<std::string> update_arguments(const std::filesystem::path& folder, const DatabaseOptions& options) {
    std::vector<std::string> words{"vulndb", "update", "--db", folder.string()};
    if (!options.feeds.empty()) words.insert(words.end(), {"--feeds", options.feeds});
    if (!options.proxy.empty()) words.insert(words.end(), {"--proxy", options.proxy});
    return words;
}

void add_scan_jobs(jobs::Runner& runner, const ScanParts& parts, const DatabaseOptions& options) {
    runner.add(jobs::Recurring{.kind = "vulndb-look",
                               .scope = jobs::Scope::process,
                               .interval = options.poll,
                               .run = [&engine = parts.engine, &queue = parts.queue] { return look(engine, queue); }});
    runner.add(jobs::Recurring{.kind = "scan-reevaluation",
                               .interval = options.poll,
                               .run = [&again = parts.reevaluation] { return reevaluate(again); }});
    if (options.update_interval.count() == 0) return;
    runner.add(jobs::Recurring{
        .kind = "vulndb-update",
        .interval = options.update_interval,
        .run = [&threads = parts.threads, &update = parts.update] { return run_update(threads, update); }});
}

void add_clair_jobs(jobs::Runner& runner, scanning::clair::Engine& clair, scanning::ScanQueue& queue,
                    std::chrono::milliseconds interval) {
    runner.add(jobs::Recurring{.kind = "clair-look", .interval = interval, .run = [&rematch = clair.rematch(), &queue] {
                                   return ask_clair(rematch, queue);
                               }});
    runner.add(jobs::Recurring{.kind = "clair-forget", .interval = interval, .run = [&forget = clair.forget()] {
                                   return tell_clair(forget);
                               }});
}

}  // namespace berth::app
