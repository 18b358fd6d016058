#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/image_batch.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct BatchDeleteImage {
    static constexpr std::string_view name = "BatchDeleteImage";
    static constexpr iam::Action action = iam::action::batch_delete_image;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        ImageIdentifiers imageIds;
    };
    struct Response {
        std::optional<ImageIdentifiers> imageIds;
        std::optional<List<ImageFailure>> failures;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(BatchDeleteImage::Request, (), (registryId, repositoryName, imageIds))
BOOST_DESCRIBE_STRUCT(BatchDeleteImage::Response, (), (imageIds, failures))

Task<Answer<BatchDeleteImage::Response>> BatchDeleteImage::handle(Request request, const Call& call) {
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    auto batch = ImageBatch(request.imageIds);
    auto removed = co_await call.environment.images.remove_batch(call.caller, std::move(repository), batch.usable(),
                                                                 registry::LastTag::takes_the_image);
    if (!removed) co_return fail(std::move(removed));
    Response response;
    auto& gone = response.imageIds.emplace().items;
    auto& failures = response.failures.emplace().items;
    batch.merge(*removed, failures, [&](const std::vector<registry::DeletedImage>& group) {
        for (const auto& image : group) gone.push_back(to_wire(image.id));
    });
    co_return response;
}

}  // namespace

constinit const Operation operation::batch_delete_image = bind<BatchDeleteImage>();

}  // namespace berth::api::aws
