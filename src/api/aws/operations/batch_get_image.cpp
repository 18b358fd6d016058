#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/image_batch.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct BatchGetImage {
    static constexpr std::string_view name = "BatchGetImage";
    static constexpr iam::Action action = iam::action::batch_get_image;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        ImageIdentifiers imageIds;
        std::optional<List<MediaType, 1, 100>> acceptedMediaTypes;
    };
    struct Response {
        std::optional<List<Image>> images;
        std::optional<List<ImageFailure>> failures;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(BatchGetImage::Request, (), (registryId, repositoryName, imageIds, acceptedMediaTypes))
BOOST_DESCRIBE_STRUCT(BatchGetImage::Response, (), (images, failures))

Task<Answer<BatchGetImage::Response>> BatchGetImage::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto batch = ImageBatch(request.imageIds);
    std::vector<std::string> accepted;
    if (request.acceptedMediaTypes) {
        for (auto& type : request.acceptedMediaTypes->items) accepted.push_back(std::move(type.value));
    }
    auto found =
        co_await call.environment.images.get_batch(call.caller, repository, batch.usable(), std::move(accepted));
    if (!found) co_return fail(std::move(found));

    Response response;
    auto& images = response.images.emplace().items;
    auto& failures = response.failures.emplace().items;
    const auto show = [&](registry::FoundImage& image) {
        images.push_back({.registryId = RegistryId{repository.registry.account.text()},
                          .repositoryName = RepositoryName{repository.name.text()},
                          .imageId = to_wire(image.id),
                          .imageManifest = ImageManifest{std::move(image.manifest)},
                          .imageManifestMediaType = MediaType{std::move(image.media_type)}});
    };
    batch.merge(*found, failures, [&](std::vector<registry::FoundImage>& group) {
        for (auto& image : group) show(image);
    });
    co_return response;
}

}  // namespace

constinit const Operation operation::batch_get_image = bind<BatchGetImage>();

}  // namespace berth::api::aws
