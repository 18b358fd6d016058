#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/suppression_shapes.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct DeleteScanSuppressionRule {
    static constexpr std::string_view name = "DeleteScanSuppressionRule";
    static constexpr iam::Action action = iam::action::delete_scan_suppression_rule;
    struct Request {
        std::optional<RegistryId> registryId;
        Text<shape::SuppressionName> ruleName;
    };
    struct Response {
        std::optional<RegistryId> registryId;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(DeleteScanSuppressionRule::Request, (), (registryId, ruleName))
BOOST_DESCRIBE_STRUCT(DeleteScanSuppressionRule::Response, (), (registryId))

Task<Answer<DeleteScanSuppressionRule::Response>> DeleteScanSuppressionRule::handle(Request request, const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto gone = co_await call.environment.suppressions.remove(call.caller, registry, request.ruleName.value);
    if (!gone) co_return fail(std::move(gone));
    co_return Response{.registryId = RegistryId{registry.account.text()}};
}

}  // namespace

constinit const Operation extension::delete_scan_suppression_rule = bind<DeleteScanSuppressionRule>();

}  // namespace berth::api::aws
