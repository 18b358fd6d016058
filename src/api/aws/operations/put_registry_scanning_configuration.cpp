#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/scan_shapes.hpp"

namespace berth::api::aws {

namespace {

struct PutRegistryScanningConfiguration {
    static constexpr std::string_view name = "PutRegistryScanningConfiguration";
    static constexpr iam::Action action = iam::action::put_registry_scanning_configuration;
    struct Request {
        std::optional<store::ScanType> scanType;
        std::optional<RegistryScanningRules> rules;
    };
    struct Response {
        std::optional<RegistryScanningConfiguration> registryScanningConfiguration;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PutRegistryScanningConfiguration::Request, (), (scanType, rules))
BOOST_DESCRIBE_STRUCT(PutRegistryScanningConfiguration::Response, (), (registryScanningConfiguration))

Task<Answer<PutRegistryScanningConfiguration::Response>> PutRegistryScanningConfiguration::handle(Request request,
                                                                                                  const Call& call) {
    auto stored = co_await call.environment.scan_configurations.put(
        call.caller, call.own_registry(), request.scanType.value_or(store::ScanType::basic), from_wire(request.rules));
    if (!stored) co_return fail(std::move(stored));
    co_return Response{.registryScanningConfiguration = to_wire(*stored)};
}

}  // namespace

constinit const Operation operation::put_registry_scanning_configuration = bind<PutRegistryScanningConfiguration>();

}  // namespace berth::api::aws
