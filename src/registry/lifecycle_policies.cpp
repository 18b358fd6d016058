#include "registry/lifecycle_policies.hpp"

#include "lifecycle/policy.hpp"
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/governing_policy.hpp"
#include "registry/job_bell.hpp"
#include "registry/on_demand_jobs.hpp"

#include <algorithm>
#include <utility>

namespace berth::registry {

namespace {

// The text as it is kept: ECR gives back the rules in ascending priority.
Result<std::string> normalised(const Services& services, std::string_view text) {
    auto policy = lifecycle::parse(text, {.extensions = services.settings.lifecycle.extensions});
    if (!policy) return fail(std::move(policy));
    return lifecycle::to_text(*policy);
}

Result<store::LifecyclePolicy> find_policy(store::Transaction& tx, const RepositoryRef& repository) {
    auto found = find_repository(tx, repository);
    if (!found) return fail(std::move(found));
    auto policy = tx.lifecycle().policy(found->id);
    if (!policy) return std::unexpected(lifecycle_policy_not_found(repository));
    return std::move(*policy);
}

}  // namespace

Task<Result<store::LifecyclePolicy>> LifecyclePolicies::put(const Call& call, RepositoryRef repository,
                                                            std::string text) {
    auto allowed = co_await require(services_, call, iam::action::put_lifecycle_policy, repository);
    if (!allowed) co_return fail(std::move(allowed));
    auto kept = normalised(services_, text);
    if (!kept) co_return fail(std::move(kept));
    store::LifecyclePolicy policy{
        .repository = {}, .text = std::move(*kept), .version = make_row_id(services_.clock.now(), services_.random)};
    auto stored = co_await services_.metadata.write([&](store::Transaction& tx) -> Result<store::LifecyclePolicy> {
        auto found = find_repository(tx, repository);
        if (!found) return fail(std::move(found));
        policy.repository = found->id;
        tx.lifecycle().put_policy(policy);
        enqueue(services_, tx, job::lifecycle_run, static_cast<std::int64_t>(found->id), services_.clock.now());
        return policy;
    });
    if (stored) services_.bell.ring();
    co_return stored;
}

Task<Result<store::LifecyclePolicy>> LifecyclePolicies::get(const Call& call, RepositoryRef repository) {
    auto allowed = co_await require(services_, call, iam::action::get_lifecycle_policy, repository);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) { return find_policy(tx, repository); });
}

Task<Result<store::LifecyclePolicy>> LifecyclePolicies::governing(const Call& call, RepositoryRef repository) {
    auto allowed = co_await require(services_, call, iam::action::get_governing_lifecycle_policy, repository);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read([&](store::Transaction& tx) -> Result<store::LifecyclePolicy> {
        auto found = find_repository(tx, repository);
        if (!found) return fail(std::move(found));
        auto policy = governing_policy(services_, tx, *found);
        if (!policy) return std::unexpected(lifecycle_policy_not_found(repository));
        return std::move(*policy);
    });
}

Task<Result<store::LifecyclePolicy>> LifecyclePolicies::remove(const Call& call, RepositoryRef repository) {
    auto allowed = co_await require(services_, call, iam::action::delete_lifecycle_policy, repository);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<store::LifecyclePolicy> {
        auto policy = find_policy(tx, repository);
        if (policy) tx.lifecycle().erase_policy(policy->repository);
        return policy;
    });
}

}  // namespace berth::registry
