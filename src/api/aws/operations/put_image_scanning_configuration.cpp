#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct PutImageScanningConfiguration {
    static constexpr std::string_view name = "PutImageScanningConfiguration";
    static constexpr iam::Action action = iam::action::put_image_scanning_configuration;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        ImageScanningConfiguration imageScanningConfiguration;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<ImageScanningConfiguration> imageScanningConfiguration;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PutImageScanningConfiguration::Request, (),
                      (registryId, repositoryName, imageScanningConfiguration))
BOOST_DESCRIBE_STRUCT(PutImageScanningConfiguration::Response, (),
                      (registryId, repositoryName, imageScanningConfiguration))

Task<Answer<PutImageScanningConfiguration::Response>> PutImageScanningConfiguration::handle(Request request,
                                                                                            const Call& call) {
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto changed = co_await call.environment.repositories.set_scan_on_push(
        call.caller, std::move(repository), request.imageScanningConfiguration.scanOnPush.value_or(false));
    if (!changed) co_return fail(std::move(changed));
    co_return Response{.registryId = RegistryId{changed->registry.account.text()},
                       .repositoryName = RepositoryName{changed->name.text()},
                       .imageScanningConfiguration = ImageScanningConfiguration{.scanOnPush = changed->scan_on_push}};
}

}  // namespace

constinit const Operation operation::put_image_scanning_configuration = bind<PutImageScanningConfiguration>();

}  // namespace berth::api::aws
