#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"
#include "base/size.hpp"

namespace berth::api::aws {

namespace {

struct InitiateLayerUpload {
    static constexpr std::string_view name = "InitiateLayerUpload";
    static constexpr iam::Action action = iam::action::initiate_layer_upload;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
    };
    struct Response {
        std::optional<UploadId> uploadId;
        std::optional<PartSize> partSize;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(InitiateLayerUpload::Request, (), (registryId, repositoryName))
BOOST_DESCRIBE_STRUCT(InitiateLayerUpload::Response, (), (uploadId, partSize))

constexpr PartSize recommended_part{10_MiB};

Task<Answer<InitiateLayerUpload::Response>> InitiateLayerUpload::handle(Request request, const Call& call) {
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto id = co_await call.environment.uploads.begin(call.caller, std::move(repository), std::nullopt);
    if (!id) co_return fail(std::move(id));
    co_return Response{.uploadId = UploadId{id->text()}, .partSize = recommended_part};
}

}  // namespace

constinit const Operation operation::initiate_layer_upload = bind<InitiateLayerUpload>();

}  // namespace berth::api::aws
