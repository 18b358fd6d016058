// Use cases of lifecycle policies: put, get, remove. What a policy does is in lifecycle_runs.hpp.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <string>
#include <vector>

namespace berth::registry {

// Thread-safe; lives as long as the services it was given. Every function authorises first, by the action of its name.
class LifecyclePolicies {
public:
    explicit LifecyclePolicies(Services& services) : services_(services) {}

    // invalid_parameter with ECR's sentence for a text that is no policy; then nothing is changed. The policy comes
    // back as it is kept, and runs soon.
    Task<Result<store::LifecyclePolicy>> put(const Call& call, RepositoryRef repository, std::string text);
    // The repository's own; lifecycle_policy_not_found when it has none.
    Task<Result<store::LifecyclePolicy>> get(const Call& call, RepositoryRef repository);
    // An extension: the one that acts on the repository, its own or a default, and when it last did.
    Task<Result<store::LifecyclePolicy>> governing(const Call& call, RepositoryRef repository);
    Task<Result<store::LifecyclePolicy>> remove(const Call& call, RepositoryRef repository);

    // An extension (unsupported unless Settings::lifecycle.extensions): policies for the repositories of the registry
    // that have none of their own, by a pattern of their names ('*' is any run of characters).
    Task<Result<store::DefaultLifecyclePolicy>> put_default(const Call& call, model::Registry registry,
                                                            std::string pattern, std::string text);
    // By pattern.
    Task<Result<std::vector<store::DefaultLifecyclePolicy>>> defaults(const Call& call, model::Registry registry);
    // lifecycle_policy_not_found when there is none under this pattern.
    Task<Result<void>> remove_default(const Call& call, model::Registry registry, std::string pattern);

    static constexpr std::size_t max_defaults = 100;  // of a registry

private:
    Services& services_;
};

}  // namespace berth::registry
