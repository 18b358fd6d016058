#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct PutLifecyclePolicy {
    static constexpr std::string_view name = "PutLifecyclePolicy";
    static constexpr iam::Action action = iam::action::put_lifecycle_policy;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        LifecyclePolicyText lifecyclePolicyText;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<LifecyclePolicyText> lifecyclePolicyText;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PutLifecyclePolicy::Request, (), (registryId, repositoryName, lifecyclePolicyText))
BOOST_DESCRIBE_STRUCT(PutLifecyclePolicy::Response, (), (registryId, repositoryName, lifecyclePolicyText))

Task<Answer<PutLifecyclePolicy::Response>> PutLifecyclePolicy::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto policy = co_await call.environment.lifecycle_policies.put(call.caller, repository,
                                                                   std::move(request.lifecyclePolicyText.value));
    if (!policy) co_return fail(std::move(policy));
    co_return Response{.registryId = RegistryId{repository.registry.account.text()},
                       .repositoryName = RepositoryName{repository.name.text()},
                       .lifecyclePolicyText = LifecyclePolicyText{std::move(policy->text)}};
}

}  // namespace

constinit const Operation operation::put_lifecycle_policy = bind<PutLifecyclePolicy>();

}  // namespace berth::api::aws
