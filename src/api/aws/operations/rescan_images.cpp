#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/page_token.hpp"
#include "api/aws/scan_shapes.hpp"

namespace berth::api::aws {

namespace {

struct RescanImages {
    static constexpr std::string_view name = "RescanImages";
    static constexpr iam::Action action = iam::action::rescan_images;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        std::optional<ImageIdentifiers> imageIds;
        std::optional<NextToken> nextToken;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<RepositoryName> repositoryName;
        std::optional<SeverityCount> imageCount;
        std::optional<NextToken> nextToken;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(RescanImages::Request, (), (registryId, repositoryName, imageIds, nextToken))
BOOST_DESCRIBE_STRUCT(RescanImages::Response, (), (registryId, repositoryName, imageCount, nextToken))

Task<Answer<RescanImages::Response>> RescanImages::handle(Request request, const Call& call) {
    const auto repository = repository_of(call, request.registryId, request.repositoryName);
    const auto scope = page_scope(name, repository, {});
    std::vector<model::ImageIdentifier> ids;
    std::string after;
    if (request.imageIds) {
        for (const auto& wanted : request.imageIds->items) {
            auto id = one_image(repository, wanted);
            if (!id) co_return std::unexpected(std::move(id).error());
            ids.push_back(std::move(*id));
        }
    } else if (request.nextToken) {
        auto position = open_page_token(call.environment.key, scope, request.nextToken->value);
        if (!position) co_return std::unexpected(std::move(position).error());
        after = std::move(*position);
    }
    auto asked = co_await call.environment.scans.rescan(call.caller, repository, std::move(ids), std::move(after));
    if (!asked) co_return fail(std::move(asked));
    Response response;
    response.registryId = RegistryId{repository.registry.account.text()};
    response.repositoryName = RepositoryName{repository.name.text()};
    response.imageCount = SeverityCount{static_cast<std::int64_t>(asked->images)};
    if (!asked->next_digest.empty()) {
        response.nextToken = NextToken{make_page_token(call.environment.key, scope, asked->next_digest)};
    }
    co_return response;
}

}  // namespace

constinit const Operation extension::rescan_images = bind<RescanImages>();

}  // namespace berth::api::aws
