#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/paging.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct DescribeRepositories {
    static constexpr std::string_view name = "DescribeRepositories";
    static constexpr iam::Action action = iam::action::describe_repositories;
    struct Request {
        std::optional<RegistryId> registryId;
        std::optional<List<RepositoryName, 1, 100>> repositoryNames;
        std::optional<NextToken> nextToken;
        std::optional<MaxResults> maxResults;
    };
    struct Response {
        std::optional<List<Repository>> repositories;
        std::optional<NextToken> nextToken;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
    static Task<Answer<Response>> named(Request request, const Call& call);
    static Task<Answer<Response>> page(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(DescribeRepositories::Request, (), (registryId, repositoryNames, nextToken, maxResults))
BOOST_DESCRIBE_STRUCT(DescribeRepositories::Response, (), (repositories, nextToken))

Task<Answer<DescribeRepositories::Response>> DescribeRepositories::named(Request request, const Call& call) {
    std::vector<model::RepositoryName> names;
    if (const auto& all_wanted = request.repositoryNames) {
        names.reserve(all_wanted->items.size());
        for (const auto& wanted : all_wanted->items) {
            names.push_back(model::known_valid<model::RepositoryName>(wanted.value));
        }
    }
    auto found = co_await call.environment.repositories.get_all(call.caller, registry_of(call, request.registryId),
                                                                std::move(names));
    if (!found) co_return fail(std::move(found));
    Response response;
    auto& items = response.repositories.emplace().items;
    for (const auto& repository : *found) items.push_back(to_wire(repository, call.addresses));
    co_return response;
}

Task<Answer<DescribeRepositories::Response>> DescribeRepositories::page(Request request, const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto paging =
        Paging::of(call.environment.key,
                   std::string(name) + "\n" + registry.account.text() + "\n" + registry.region.text(), request);
    if (!paging) co_return std::unexpected(std::move(paging).error());
    auto found = co_await call.environment.repositories.page(call.caller, registry, paging->from(), paging->one_more());
    if (!found) co_return fail(std::move(found));
    Response response;
    response.nextToken = paging->cut(*found, [](const auto& last) { return last.name.text(); });
    auto& items = response.repositories.emplace().items;
    for (const auto& repository : *found) items.push_back(to_wire(repository, call.addresses));
    co_return response;
}

Task<Answer<DescribeRepositories::Response>> DescribeRepositories::handle(Request request, const Call& call) {
    if (!request.repositoryNames) co_return co_await page(std::move(request), call);
    if (auto alone = without_paging(request, "repositoryNames"); !alone)
        co_return std::unexpected(std::move(alone).error());
    co_return co_await named(std::move(request), call);
}

}  // namespace

constinit const Operation operation::describe_repositories = bind<DescribeRepositories>();

}  // namespace berth::api::aws
