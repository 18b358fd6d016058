#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/lifecycle_shapes.hpp"

namespace berth::api::aws {

namespace {

struct UpdateImageStorageClass {
    static constexpr std::string_view name = "UpdateImageStorageClass";
    static constexpr iam::Action action = iam::action::update_image_storage_class;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        ImageIdentifier imageId;
        registry::StorageClass targetStorageClass = registry::StorageClass::standard;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<ImageIdentifier> imageId;
        std::optional<model::ImageStatus> imageStatus;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(UpdateImageStorageClass::Request, (), (registryId, repositoryName, imageId, targetStorageClass))
BOOST_DESCRIBE_STRUCT(UpdateImageStorageClass::Response, (), (registryId, repositoryName, imageId, imageStatus))

Task<Answer<UpdateImageStorageClass::Response>> UpdateImageStorageClass::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto id = from_wire(request.imageId);
    if (const auto* refused = std::get_if<ImageFailure>(&id)) {
        if (refused->failureCode == ImageFailureCode::not_found) {
            co_return std::unexpected(ApiError(image_not_found(repository, request.imageId)));
        }
        co_return fail(FaultKind::invalid_parameter, reason_of(*refused));
    }
    auto& wanted = std::get<model::ImageIdentifier>(id);
    auto changed =
        co_await call.environment.storage_classes.update(call.caller, repository, wanted, request.targetStorageClass);
    if (!changed) co_return fail(std::move(changed));
    wanted.digest = changed->digest;
    co_return Response{.registryId = RegistryId{repository.registry.account.text()},
                       .repositoryName = RepositoryName{repository.name.text()},
                       .imageId = to_wire(wanted),
                       .imageStatus = changed->status};
}

}  // namespace

constinit const Operation operation::update_image_storage_class = bind<UpdateImageStorageClass>();

}  // namespace berth::api::aws
