#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct ReplicationDestination {
    Text<shape::Region> region;
    RegistryId registryId;
};
BOOST_DESCRIBE_STRUCT(ReplicationDestination, (), (region, registryId))

struct RepositoryFilter {
    Text<shape::RepositoryFilterValue> filter;
    RepositoryFilterType filterType = RepositoryFilterType::prefix_match;
};
BOOST_DESCRIBE_STRUCT(RepositoryFilter, (), (filter, filterType))

struct ReplicationRule {
    List<ReplicationDestination, 0, 100> destinations;
    std::optional<List<RepositoryFilter, 1, 100>> repositoryFilters;
};
BOOST_DESCRIBE_STRUCT(ReplicationRule, (), (destinations, repositoryFilters))

struct ReplicationConfiguration {
    List<ReplicationRule, 0, 10> rules;
};
BOOST_DESCRIBE_STRUCT(ReplicationConfiguration, (), (rules))

struct DescribeRegistry {
    static constexpr std::string_view name = "DescribeRegistry";
    static constexpr iam::Action action = iam::action::describe_registry;
    struct Request {};
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<ReplicationConfiguration> replicationConfiguration;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(DescribeRegistry::Request, (), ())
BOOST_DESCRIBE_STRUCT(DescribeRegistry::Response, (), (registryId, replicationConfiguration))

// This registry replicates nothing: there are no rules to show.
Task<Answer<DescribeRegistry::Response>> DescribeRegistry::handle(Request /*request*/, const Call& call) {
    const iam::Resource resource{.registry = call.own_registry()};
    auto allowed = co_await call.environment.authorizer.require(call.caller.principal, action, resource);
    if (!allowed) co_return fail(std::move(allowed));
    co_return Response{.registryId = RegistryId{resource.registry.account.text()},
                       .replicationConfiguration = ReplicationConfiguration{}};
}

}  // namespace

constinit const Operation operation::describe_registry = bind<DescribeRegistry>();

}  // namespace berth::api::aws
