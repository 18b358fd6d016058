#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct DeleteDefaultLifecyclePolicy {
    static constexpr std::string_view name = "DeleteDefaultLifecyclePolicy";
    static constexpr iam::Action action = iam::action::delete_default_lifecycle_policy;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryPattern repositoryPattern;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryPattern> repositoryPattern;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(DeleteDefaultLifecyclePolicy::Request, (), (registryId, repositoryPattern))
BOOST_DESCRIBE_STRUCT(DeleteDefaultLifecyclePolicy::Response, (), (registryId, repositoryPattern))

Task<Answer<DeleteDefaultLifecyclePolicy::Response>> DeleteDefaultLifecyclePolicy::handle(Request request,
                                                                                          const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto removed = co_await call.environment.lifecycle_policies.remove_default(call.caller, registry,
                                                                               request.repositoryPattern.value);
    if (!removed) co_return fail(std::move(removed));
    co_return Response{.registryId = RegistryId{registry.account.text()},
                       .repositoryPattern = std::move(request.repositoryPattern)};
}

}  // namespace

constinit const Operation extension::delete_default_lifecycle_policy = bind<DeleteDefaultLifecyclePolicy>();

}  // namespace berth::api::aws
