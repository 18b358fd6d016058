#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/suppression_shapes.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct ListScanSuppressionRules {
    static constexpr std::string_view name = "ListScanSuppressionRules";
    static constexpr iam::Action action = iam::action::list_scan_suppression_rules;
    struct Request {
        std::optional<RegistryId> registryId;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<List<SuppressionRule>> rules;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(ListScanSuppressionRules::Request, (), (registryId))
BOOST_DESCRIBE_STRUCT(ListScanSuppressionRules::Response, (), (registryId, rules))

Task<Answer<ListScanSuppressionRules::Response>> ListScanSuppressionRules::handle(Request request, const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto found = co_await call.environment.suppressions.list(call.caller, registry);
    if (!found) co_return fail(std::move(found));
    Response response;
    response.registryId = RegistryId{registry.account.text()};
    auto& rules = response.rules.emplace().items;
    for (const auto& rule : *found) rules.push_back(to_wire(rule));
    co_return response;
}

}  // namespace

constinit const Operation extension::list_scan_suppression_rules = bind<ListScanSuppressionRules>();

}  // namespace berth::api::aws
