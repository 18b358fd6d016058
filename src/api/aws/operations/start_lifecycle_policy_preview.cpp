#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct StartLifecyclePolicyPreview {
    static constexpr std::string_view name = "StartLifecyclePolicyPreview";
    static constexpr iam::Action action = iam::action::start_lifecycle_policy_preview;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        std::optional<LifecyclePolicyText> lifecyclePolicyText;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<LifecyclePolicyText> lifecyclePolicyText;
        std::optional<store::PreviewStatus> status;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(StartLifecyclePolicyPreview::Request, (), (registryId, repositoryName, lifecyclePolicyText))
BOOST_DESCRIBE_STRUCT(StartLifecyclePolicyPreview::Response, (),
                      (registryId, repositoryName, lifecyclePolicyText, status))

Task<Answer<StartLifecyclePolicyPreview::Response>> StartLifecyclePolicyPreview::handle(Request request,
                                                                                        const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    std::optional<std::string> text;
    if (request.lifecyclePolicyText) text = std::move(request.lifecyclePolicyText->value);
    auto preview = co_await call.environment.lifecycle_previews.start(call.caller, repository, std::move(text));
    if (!preview) co_return fail(std::move(preview));
    co_return Response{.registryId = RegistryId{repository.registry.account.text()},
                       .repositoryName = RepositoryName{repository.name.text()},
                       .lifecyclePolicyText = LifecyclePolicyText{std::move(preview->policy_text)},
                       .status = preview->status};
}

}  // namespace

constinit const Operation operation::start_lifecycle_policy_preview = bind<StartLifecyclePolicyPreview>();

}  // namespace berth::api::aws
