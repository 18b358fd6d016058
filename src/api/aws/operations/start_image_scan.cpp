#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/scan_shapes.hpp"

namespace berth::api::aws {

namespace {

struct StartImageScan {
    static constexpr std::string_view name = "StartImageScan";
    static constexpr iam::Action action = iam::action::start_image_scan;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        ImageIdentifier imageId;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<ImageIdentifier> imageId;
        std::optional<ImageScanStatus> imageScanStatus;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(StartImageScan::Request, (), (registryId, repositoryName, imageId))
BOOST_DESCRIBE_STRUCT(StartImageScan::Response, (), (registryId, repositoryName, imageId, imageScanStatus))

Task<Answer<StartImageScan::Response>> StartImageScan::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto id = one_image(repository, request.imageId);
    if (!id) co_return std::unexpected(std::move(id).error());
    auto image = co_await call.environment.scans.start(call.caller, repository, *id);
    if (!image) co_return fail(std::move(image));
    id->digest = image->digest;
    co_return Response{.registryId = RegistryId{repository.registry.account.text()},
                       .repositoryName = RepositoryName{repository.name.text()},
                       .imageId = to_wire(*id),
                       .imageScanStatus = ImageScanStatus{.status = ScanStatus::in_progress, .description = {}}};
}

}  // namespace

constinit const Operation operation::start_image_scan = bind<StartImageScan>();

}  // namespace berth::api::aws
