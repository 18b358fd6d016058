#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct GetLifecyclePolicy {
    static constexpr std::string_view name = "GetLifecyclePolicy";
    static constexpr iam::Action action = iam::action::get_lifecycle_policy;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<LifecyclePolicyText> lifecyclePolicyText;
        std::optional<Timestamp> lastEvaluatedAt;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(GetLifecyclePolicy::Request, (), (registryId, repositoryName))
BOOST_DESCRIBE_STRUCT(GetLifecyclePolicy::Response, (),
                      (registryId, repositoryName, lifecyclePolicyText, lastEvaluatedAt))

Task<Answer<GetLifecyclePolicy::Response>> GetLifecyclePolicy::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto policy = co_await call.environment.lifecycle_policies.get(call.caller, repository);
    if (!policy) co_return fail(std::move(policy));
    co_return Response{.registryId = RegistryId{repository.registry.account.text()},
                       .repositoryName = RepositoryName{repository.name.text()},
                       .lifecyclePolicyText = LifecyclePolicyText{std::move(policy->text)},
                       .lastEvaluatedAt = policy->last_evaluated_at};
}

}  // namespace

constinit const Operation operation::get_lifecycle_policy = bind<GetLifecyclePolicy>();

}  // namespace berth::api::aws
