#include "jobs/lifecycle.hpp"

#include "registry/on_demand_jobs.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

namespace berth::jobs {

namespace {

constexpr std::size_t batch = 200;

// Keys are written by registry::enqueue().
std::int64_t number_of(const store::Job& job) {
    std::int64_t number = 0;
    std::from_chars(job.key.data(), job.key.data() + job.key.size(), number);
    return number;
}

Task<Result<Outcome>> apply_policy(registry::LifecycleRuns& runs, model::RepositoryId repository,
                                   std::stop_token stop) {
    auto ended = co_await runs.run(repository, std::move(stop));
    if (!ended) co_return fail(std::move(ended));
    co_return *ended == registry::RunEnd::busy ? Outcome::later
    : *ended == registry::RunEnd::stopped      ? Outcome::more
                                               : Outcome::done;
}

Task<Result<Outcome>> run_preview(registry::LifecyclePreviews& previews, std::int64_t preview, int attempts,
                                  std::stop_token stop) {
    auto over = co_await previews.run(preview, attempts, std::move(stop));
    if (!over) co_return fail(std::move(over));
    co_return *over ? Outcome::done : Outcome::more;
}

Task<Result<Outcome>> take_followers(registry::Followers& followers, model::RepositoryId repository,
                                     std::stop_token stop) {
    auto over = co_await followers.run(repository, std::move(stop));
    if (!over) co_return fail(std::move(over));
    co_return *over ? Outcome::done : Outcome::more;
}

Task<Result<Outcome>> activate_image(registry::StorageClasses& storage_classes, model::ImageRowId image) {
    auto done = co_await storage_classes.activate(image);
    if (!done) co_return fail(std::move(done));
    co_return Outcome::done;
}

Task<Result<Outcome>> schedule_policies(registry::LifecycleRuns& runs) {
    auto scheduled = co_await runs.schedule();
    if (!scheduled) co_return fail(std::move(scheduled));
    co_return Outcome::done;
}

Task<Result<Outcome>> sweep_previews(registry::LifecyclePreviews& previews) {
    auto swept = co_await previews.sweep(batch);
    if (!swept) co_return fail(std::move(swept));
    co_return *swept > 0 ? Outcome::more : Outcome::done;
}

}  // namespace

void add_lifecycle(Runner& runner, LifecycleUseCases use, const LifecycleOptions& options) {
    runner.add({.kind = std::string(registry::job::lifecycle_run),
                .run = [&runs = use.runs](const store::Job& job, std::stop_token stop) {
                    return apply_policy(runs, model::RepositoryId{number_of(job)}, std::move(stop));
                }});
    runner.add({.kind = std::string(registry::job::lifecycle_preview),
                .run = [&previews = use.previews](const store::Job& job, std::stop_token stop) {
                    return run_preview(previews, number_of(job), job.attempts, std::move(stop));
                }});
    runner.add({.kind = std::string(registry::job::followers),
                .run = [&followers = use.followers](const store::Job& job, std::stop_token stop) {
                    return take_followers(followers, model::RepositoryId{number_of(job)}, std::move(stop));
                }});
    runner.add({.kind = std::string(registry::job::image_activation),
                .run = [&storage = use.storage_classes](const store::Job& job, const std::stop_token&) {
                    return activate_image(storage, model::ImageRowId{number_of(job)});
                }});
    runner.add({.kind = "lifecycle-schedule", .interval = options.interval, .run = [&runs = use.runs] {
                    return schedule_policies(runs);
                }});
    runner.add({.kind = "lifecycle-preview-sweep",
                .interval = options.sweep_interval,
                .run = [&previews = use.previews] { return sweep_previews(previews); }});
}

}  // namespace berth::jobs
