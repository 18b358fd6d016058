#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct PutImageTagMutability {
    static constexpr std::string_view name = "PutImageTagMutability";
    static constexpr iam::Action action = iam::action::put_image_tag_mutability;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        model::TagMutability imageTagMutability = model::TagMutability::mutable_tags;
        std::optional<TagExclusionFilters> imageTagMutabilityExclusionFilters;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<model::TagMutability> imageTagMutability;
        std::optional<TagExclusionFilters> imageTagMutabilityExclusionFilters;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PutImageTagMutability::Request, (),
                      (registryId, repositoryName, imageTagMutability, imageTagMutabilityExclusionFilters))
BOOST_DESCRIBE_STRUCT(PutImageTagMutability::Response, (),
                      (registryId, repositoryName, imageTagMutability, imageTagMutabilityExclusionFilters))

Task<Answer<PutImageTagMutability::Response>> PutImageTagMutability::handle(Request request, const Call& call) {
    auto rule = from_wire(request.imageTagMutability, request.imageTagMutabilityExclusionFilters);
    if (!rule) co_return std::unexpected(std::move(rule).error());
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto changed =
        co_await call.environment.repositories.set_tag_mutability(call.caller, std::move(repository), std::move(*rule));
    if (!changed) co_return fail(std::move(changed));
    co_return Response{.registryId = RegistryId{changed->registry.account.text()},
                       .repositoryName = RepositoryName{changed->name.text()},
                       .imageTagMutability = changed->tag_mutability.value,
                       .imageTagMutabilityExclusionFilters = to_wire(changed->tag_mutability.exclusions)};
}

}  // namespace

constinit const Operation operation::put_image_tag_mutability = bind<PutImageTagMutability>();

}  // namespace berth::api::aws
