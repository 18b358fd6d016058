#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct GetGoverningLifecyclePolicy {
    static constexpr std::string_view name = "GetGoverningLifecyclePolicy";
    static constexpr iam::Action action = iam::action::get_governing_lifecycle_policy;
    using Request = StoredPolicyRequest;
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<RepositoryPattern> repositoryPattern;
        std::optional<LifecyclePolicyText> lifecyclePolicyText;
        std::optional<Timestamp> lastEvaluatedAt;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(GetGoverningLifecyclePolicy::Response, (),
                      (registryId, repositoryName, repositoryPattern, lifecyclePolicyText, lastEvaluatedAt))

Task<Answer<GetGoverningLifecyclePolicy::Response>> GetGoverningLifecyclePolicy::handle(Request request,
                                                                                        const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto policy = co_await call.environment.lifecycle_policies.governing(call.caller, repository);
    if (!policy) co_return fail(std::move(policy));
    Response response{.registryId = RegistryId{repository.registry.account.text()},
                      .repositoryName = RepositoryName{repository.name.text()},
                      .repositoryPattern = std::nullopt,
                      .lifecyclePolicyText = LifecyclePolicyText{std::move(policy->text)},
                      .lastEvaluatedAt = policy->evaluation.last_evaluated_at};
    if (!policy->pattern.empty()) response.repositoryPattern = RepositoryPattern{std::move(policy->pattern)};
    co_return response;
}

}  // namespace

constinit const Operation extension::get_governing_lifecycle_policy = bind<GetGoverningLifecyclePolicy>();

}  // namespace berth::api::aws
