#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/scan_shapes.hpp"

namespace berth::api::aws {

namespace {

struct GetRegistryScanningConfiguration {
    static constexpr std::string_view name = "GetRegistryScanningConfiguration";
    static constexpr iam::Action action = iam::action::get_registry_scanning_configuration;
    struct Request {};
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RegistryScanningConfiguration> scanningConfiguration;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(GetRegistryScanningConfiguration::Request, (), ())
BOOST_DESCRIBE_STRUCT(GetRegistryScanningConfiguration::Response, (), (registryId, scanningConfiguration))

Task<Answer<GetRegistryScanningConfiguration::Response>> GetRegistryScanningConfiguration::handle(Request /*request*/,
                                                                                                  const Call& call) {
    const auto registry = call.own_registry();
    auto found = co_await call.environment.scan_configurations.get(call.caller, registry);
    if (!found) co_return fail(std::move(found));
    co_return Response{.registryId = RegistryId{registry.account.text()}, .scanningConfiguration = to_wire(*found)};
}

}  // namespace

constinit const Operation operation::get_registry_scanning_configuration = bind<GetRegistryScanningConfiguration>();

}  // namespace berth::api::aws
