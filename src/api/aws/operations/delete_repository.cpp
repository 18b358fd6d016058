#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct DeleteRepository {
    static constexpr std::string_view name = "DeleteRepository";
    static constexpr iam::Action action = iam::action::delete_repository;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        std::optional<bool> force;
    };
    struct Response {
        std::optional<Repository> repository;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(DeleteRepository::Request, (), (registryId, repositoryName, force))
BOOST_DESCRIBE_STRUCT(DeleteRepository::Response, (), (repository))

Task<Answer<DeleteRepository::Response>> DeleteRepository::handle(Request request, const Call& call) {
    const auto contents =
        request.force.value_or(false) ? registry::Contents::delete_too : registry::Contents::must_be_empty;
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto removed = co_await call.environment.repositories.remove(call.caller, std::move(repository), contents);
    if (!removed) co_return fail(std::move(removed));
    co_return Response{.repository = to_wire(*removed, call.addresses)};
}

}  // namespace

constinit const Operation operation::delete_repository = bind<DeleteRepository>();

}  // namespace berth::api::aws
