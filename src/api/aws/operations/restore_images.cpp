#include "api/aws/bin_shapes.hpp"
#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"

namespace berth::api::aws {

namespace {

struct RestoreImages {
    static constexpr std::string_view name = "RestoreImages";
    static constexpr iam::Action action = iam::action::restore_images;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        ImageIdentifiers imageIds;
        std::optional<registry::TagConflict> onTagConflict;
    };
    struct Response {
        std::optional<List<ImageIdentifier>> restoredImages;
        std::optional<List<BinFailure>> failures;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(RestoreImages::Request, (), (registryId, repositoryName, imageIds, onTagConflict))
BOOST_DESCRIBE_STRUCT(RestoreImages::Response, (), (restoredImages, failures))

Task<Answer<RestoreImages::Response>> RestoreImages::handle(Request request, const Call& call) {
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    const auto tag_conflict = request.onTagConflict.value_or(registry::TagConflict::fails);
    auto batch = ImageBatch(request.imageIds);
    auto results =
        co_await call.environment.recycle_bin.restore(call.caller, std::move(repository), batch.usable(), tag_conflict);
    if (!results) co_return fail(std::move(results));
    Response response;
    answer_bin_batch(batch, *results, response.restoredImages.emplace().items, response.failures.emplace().items);
    co_return response;
}

}  // namespace

constinit const Operation extension::restore_images = bind<RestoreImages>();

}  // namespace berth::api::aws
