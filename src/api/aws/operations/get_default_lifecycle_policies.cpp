#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct DefaultLifecyclePolicy {
    std::optional<RepositoryPattern> repositoryPattern;
    std::optional<LifecyclePolicyText> lifecyclePolicyText;
};
BOOST_DESCRIBE_STRUCT(DefaultLifecyclePolicy, (), (repositoryPattern, lifecyclePolicyText))

struct GetDefaultLifecyclePolicies {
    static constexpr std::string_view name = "GetDefaultLifecyclePolicies";
    static constexpr iam::Action action = iam::action::get_default_lifecycle_policies;
    struct Request {
        std::optional<RegistryId> registryId;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<List<DefaultLifecyclePolicy>> policies;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(GetDefaultLifecyclePolicies::Request, (), (registryId))
BOOST_DESCRIBE_STRUCT(GetDefaultLifecyclePolicies::Response, (), (registryId, policies))

Task<Answer<GetDefaultLifecyclePolicies::Response>> GetDefaultLifecyclePolicies::handle(Request request,
                                                                                        const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto found = co_await call.environment.lifecycle_policies.defaults(call.caller, registry);
    if (!found) co_return fail(std::move(found));
    Response response;
    response.registryId = RegistryId{registry.account.text()};
    auto& policies = response.policies.emplace().items;
    for (auto& policy : *found) {
        policies.push_back({.repositoryPattern = RepositoryPattern{std::move(policy.pattern)},
                            .lifecyclePolicyText = LifecyclePolicyText{std::move(policy.text)}});
    }
    co_return response;
}

}  // namespace

constinit const Operation extension::get_default_lifecycle_policies = bind<GetDefaultLifecyclePolicies>();

}  // namespace berth::api::aws
