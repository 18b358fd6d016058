#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct GetLifecyclePolicy {
    static constexpr std::string_view name = "GetLifecyclePolicy";
    static constexpr iam::Action action = iam::action::get_lifecycle_policy;
    using Request = StoredPolicyRequest;
    using Response = StoredPolicyResponse;
    static Task<Answer<Response>> handle(Request request, const Call& call);
};

Task<Answer<GetLifecyclePolicy::Response>> GetLifecyclePolicy::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto policy = co_await call.environment.lifecycle_policies.get(call.caller, repository);
    if (!policy) co_return fail(std::move(policy));
    co_return stored_policy(repository, std::move(*policy));
}

}  // namespace

constinit const Operation operation::get_lifecycle_policy = bind<GetLifecyclePolicy>();

}  // namespace berth::api::aws
