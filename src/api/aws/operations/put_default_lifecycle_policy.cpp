#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct PutDefaultLifecyclePolicy {
    static constexpr std::string_view name = "PutDefaultLifecyclePolicy";
    static constexpr iam::Action action = iam::action::put_default_lifecycle_policy;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryPattern repositoryPattern;
        LifecyclePolicyText lifecyclePolicyText;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryPattern> repositoryPattern;
        std::optional<LifecyclePolicyText> lifecyclePolicyText;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PutDefaultLifecyclePolicy::Request, (), (registryId, repositoryPattern, lifecyclePolicyText))
BOOST_DESCRIBE_STRUCT(PutDefaultLifecyclePolicy::Response, (), (registryId, repositoryPattern, lifecyclePolicyText))

Task<Answer<PutDefaultLifecyclePolicy::Response>> PutDefaultLifecyclePolicy::handle(Request request, const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto stored = co_await call.environment.lifecycle_policies.put_default(
        call.caller, registry, std::move(request.repositoryPattern.value),
        std::move(request.lifecyclePolicyText.value));
    if (!stored) co_return fail(std::move(stored));
    co_return Response{.registryId = RegistryId{registry.account.text()},
                       .repositoryPattern = RepositoryPattern{std::move(stored->pattern)},
                       .lifecyclePolicyText = LifecyclePolicyText{std::move(stored->text)}};
}

}  // namespace

constinit const Operation extension::put_default_lifecycle_policy = bind<PutDefaultLifecyclePolicy>();

}  // namespace berth::api::aws
