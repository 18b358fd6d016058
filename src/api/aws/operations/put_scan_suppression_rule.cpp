#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/suppression_shapes.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct PutScanSuppressionRule {
    static constexpr std::string_view name = "PutScanSuppressionRule";
    static constexpr iam::Action action = iam::action::put_scan_suppression_rule;
    struct Request {
        std::optional<RegistryId> registryId;
        SuppressionRule rule;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<SuppressionRule> rule;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PutScanSuppressionRule::Request, (), (registryId, rule))
BOOST_DESCRIBE_STRUCT(PutScanSuppressionRule::Response, (), (registryId, rule))

Task<Answer<PutScanSuppressionRule::Response>> PutScanSuppressionRule::handle(Request request, const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    auto rule = from_wire(std::move(request.rule));
    auto stored = co_await call.environment.suppressions.put(call.caller, registry, std::move(rule));
    if (!stored) co_return fail(std::move(stored));
    co_return Response{.registryId = RegistryId{registry.account.text()}, .rule = to_wire(*stored)};
}

}  // namespace

constinit const Operation extension::put_scan_suppression_rule = bind<PutScanSuppressionRule>();

}  // namespace berth::api::aws
