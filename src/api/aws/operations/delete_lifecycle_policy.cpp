#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct DeleteLifecyclePolicy {
    static constexpr std::string_view name = "DeleteLifecyclePolicy";
    static constexpr iam::Action action = iam::action::delete_lifecycle_policy;
    using Request = StoredPolicyRequest;
    using Response = StoredPolicyResponse;
    static Task<Answer<Response>> handle(Request request, const Call& call);
};

Task<Answer<DeleteLifecyclePolicy::Response>> DeleteLifecyclePolicy::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto policy = co_await call.environment.lifecycle_policies.remove(call.caller, repository);
    if (!policy) co_return fail(std::move(policy));
    co_return stored_policy(repository, std::move(*policy));
}

}  // namespace

constinit const Operation operation::delete_lifecycle_policy = bind<DeleteLifecyclePolicy>();

}  // namespace berth::api::aws
