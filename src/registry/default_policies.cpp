// Default lifecycle policies of a registry: an extension, ECR has none.
#include "lifecycle/policy.hpp"
#include "registry/access.hpp"
#include "registry/lifecycle_policies.hpp"

#include <algorithm>
#include <utility>

namespace berth::registry {

namespace {

// What a repository name is made of, and '*'.
bool is_pattern(std::string_view text) {
    return !text.empty() && text.size() <= model::RepositoryName::max_length && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("*._-/").find(c) != std::string_view::npos;
    });
}

Result<void> check_enabled(const Services& services) {
    if (services.settings.lifecycle.extensions) return {};
    return fail(FaultKind::unsupported,
                "Default lifecycle policies are an extension; the setting lifecycle.extensions turns it on");
}

}  // namespace

Task<Result<store::DefaultLifecyclePolicy>> LifecyclePolicies::put_default(const Call& call, model::Registry registry,
                                                                           std::string pattern, std::string text) {
    auto allowed = co_await require(services_, call, iam::action::put_default_lifecycle_policy, registry);
    if (!allowed) co_return fail(std::move(allowed));
    auto enabled = check_enabled(services_);
    if (!enabled) co_return fail(std::move(enabled));
    if (!is_pattern(pattern)) {
        co_return fail(FaultKind::invalid_parameter,
                       "Invalid parameter at 'repositoryPattern' failed to satisfy constraint: 'must be made of the "
                       "characters of repository names and *, at most 256 of them'");
    }
    auto policy = lifecycle::parse(text, {.extensions = true});
    if (!policy) co_return fail(std::move(policy));
    const store::DefaultLifecyclePolicy wanted{.pattern = std::move(pattern),
                                               .text = lifecycle::to_text(*policy),
                                               .version = make_row_id(services_.clock.now(), services_.random)};
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<store::DefaultLifecyclePolicy> {
        const auto present = tx.lifecycle().defaults(registry);
        const bool replaces =
            std::ranges::any_of(present, [&](const auto& other) { return other.pattern == wanted.pattern; });
        if (!replaces && present.size() >= max_defaults) {
            return fail(FaultKind::limit_exceeded,
                        "A registry may have at most " + std::to_string(max_defaults) + " default lifecycle policies");
        }
        tx.lifecycle().put_default(registry, wanted);
        return wanted;
    });
}

Task<Result<std::vector<store::DefaultLifecyclePolicy>>> LifecyclePolicies::defaults(const Call& call,
                                                                                     model::Registry registry) {
    auto allowed = co_await require(services_, call, iam::action::get_default_lifecycle_policies, registry);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.read(
        [&](store::Transaction& tx) -> Result<std::vector<store::DefaultLifecyclePolicy>> {
            return tx.lifecycle().defaults(registry);
        });
}

Task<Result<void>> LifecyclePolicies::remove_default(const Call& call, model::Registry registry, std::string pattern) {
    auto allowed = co_await require(services_, call, iam::action::delete_default_lifecycle_policy, registry);
    if (!allowed) co_return fail(std::move(allowed));
    co_return co_await services_.metadata.write([&](store::Transaction& tx) -> Result<void> {
        if (tx.lifecycle().erase_default(registry, pattern)) return {};
        return fail(FaultKind::lifecycle_policy_not_found, "Default lifecycle policy does not exist for the pattern '" +
                                                               pattern + "' in the registry with id '" +
                                                               registry.account.text() + "'");
    });
}

}  // namespace berth::registry
