// Which repositories a run is asked for, all of them once an interval.
#include "lifecycle/defaults.hpp"
#include "registry/lifecycle_runs.hpp"
#include "registry/on_demand_jobs.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace berth::registry {

namespace {

constexpr std::size_t page_size = 500;

void ask(Services& services, store::Transaction& tx, model::RepositoryId repository) {
    enqueue(services, tx, job::lifecycle_run, static_cast<std::int64_t>(repository), services.clock.now());
}

}  // namespace

Task<Result<void>> LifecycleRuns::schedule() {
    auto own = co_await schedule_own();
    if (!own || !services_.settings.lifecycle.extensions) co_return own;
    auto registries =
        co_await services_.metadata.read([](store::Transaction& tx) -> Result<std::vector<model::Registry>> {
            return tx.lifecycle().registries_with_defaults();
        });
    if (!registries) co_return fail(std::move(registries));
    for (const auto& registry : *registries) {
        auto done = co_await schedule_defaults(registry);
        if (!done) co_return done;
    }
    co_return Result<void>{};
}

Task<Result<void>> LifecycleRuns::schedule_own() {
    model::RepositoryId after{0};
    for (;;) {
        auto page = co_await services_.metadata.write(
            [&](store::Transaction& tx) -> Result<std::vector<model::RepositoryId>> {
                auto ids = tx.lifecycle().repositories_with_policy(after, page_size);
                for (const auto id : ids) ask(services_, tx, id);
                return ids;
            },
            store::Durability::relaxed);
        if (!page) co_return fail(std::move(page));
        if (page->size() < page_size) co_return Result<void>{};
        after = page->back();
    }
}

Task<Result<void>> LifecycleRuns::schedule_defaults(model::Registry registry) {
    std::string after;
    for (;;) {
        auto page = co_await services_.metadata.write(
            [&](store::Transaction& tx) -> Result<std::vector<model::Repository>> {
                const auto defaults = tx.lifecycle().defaults(registry);
                std::vector<std::string_view> patterns;
                patterns.reserve(defaults.size());
                for (const auto& one : defaults) patterns.push_back(one.pattern);
                auto repositories = tx.repositories().page(registry, after, page_size);
                for (const auto& repository : repositories) {
                    if (!lifecycle::pick_default(patterns, repository.name.text())) continue;
                    if (!tx.lifecycle().has_policy(repository.id)) ask(services_, tx, repository.id);
                }
                return repositories;
            },
            store::Durability::relaxed);
        if (!page) co_return fail(std::move(page));
        if (page->size() < page_size) co_return Result<void>{};
        after = page->back().name.text();
    }
}

}  // namespace berth::registry
