#include "registry/governing_policy.hpp"

#include "lifecycle/defaults.hpp"
#include "registry/on_demand_jobs.hpp"

#include <utility>

namespace berth::registry {

namespace {

std::optional<store::DefaultLifecyclePolicy> default_policy(const Services& services, store::Transaction& tx,
                                                            const model::Repository& repository) {
    if (!services.settings.lifecycle.extensions) return std::nullopt;
    auto defaults = tx.lifecycle().defaults(repository.registry);
    std::vector<std::string_view> patterns;
    patterns.reserve(defaults.size());
    for (const auto& one : defaults) patterns.push_back(one.pattern);
    const auto picked = lifecycle::pick_default(patterns, repository.name.text());
    if (!picked) return std::nullopt;
    return std::move(defaults[*picked]);
}

}  // namespace

std::optional<store::LifecyclePolicy> governing_policy(const Services& services, store::Transaction& tx,
                                                       const model::Repository& repository) {
    if (auto own = tx.lifecycle().policy(repository.id)) return own;
    auto picked = default_policy(services, tx, repository);
    if (!picked) return std::nullopt;
    return store::LifecyclePolicy{.repository = repository.id,
                                  .text = std::move(picked->text),
                                  .version = picked->version,
                                  .pattern = std::move(picked->pattern),
                                  .evaluation = tx.lifecycle().evaluation(repository.id, picked->version)};
}

bool is_governed(const Services& services, store::Transaction& tx, const model::Repository& repository) {
    return tx.lifecycle().has_policy(repository.id) || default_policy(services, tx, repository);
}

void expect_lifecycle_run(Services& services, store::Transaction& tx, const model::Repository& repository) {
    if (!is_governed(services, tx, repository)) return;
    enqueue(services, tx, job::lifecycle_run, static_cast<std::int64_t>(repository.id),
            services.clock.now() + services.settings.lifecycle.push_delay);
}

}  // namespace berth::registry
