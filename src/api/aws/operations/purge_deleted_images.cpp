#include "api/aws/bin_shapes.hpp"
#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"

namespace berth::api::aws {

namespace {

struct PurgeDeletedImages {
    static constexpr std::string_view name = "PurgeDeletedImages";
    static constexpr iam::Action action = iam::action::purge_deleted_images;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        std::optional<ImageIdentifiers> imageIds;
        std::optional<bool> all;
    };
    struct Response {
        std::optional<List<ImageIdentifier>> purgedImages;
        std::optional<List<BinFailure>> failures;
        std::optional<bool> more;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PurgeDeletedImages::Request, (), (registryId, repositoryName, imageIds, all))
BOOST_DESCRIBE_STRUCT(PurgeDeletedImages::Response, (), (purgedImages, failures, more))

Task<Answer<PurgeDeletedImages::Response>> PurgeDeletedImages::handle(Request request, const Call& call) {
    const bool all = request.all.value_or(false);
    if (all == request.imageIds.has_value()) {
        co_return invalid_parameter("imageIds", "Give either imageIds or all as true, and not both");
    }
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    Response response;
    auto& gone = response.purgedImages.emplace().items;
    auto& failures = response.failures.emplace().items;
    if (all) {
        auto purged = co_await call.environment.recycle_bin.purge_all(call.caller, std::move(repository));
        if (!purged) co_return fail(std::move(purged));
        for (const auto& pair : purged->images) gone.push_back(to_wire(pair.id));
        response.more = purged->more;
        co_return response;
    }
    auto batch = ImageBatch(*request.imageIds);
    auto results = co_await call.environment.recycle_bin.purge(call.caller, std::move(repository), batch.usable());
    if (!results) co_return fail(std::move(results));
    answer_bin_batch(batch, *results, gone, failures);
    response.more = false;
    co_return response;
}

}  // namespace

constinit const Operation extension::purge_deleted_images = bind<PurgeDeletedImages>();

}  // namespace berth::api::aws
