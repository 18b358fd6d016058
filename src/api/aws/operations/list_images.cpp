#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/paging.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct ListImages {
    static constexpr std::string_view name = "ListImages";
    static constexpr iam::Action action = iam::action::list_images;
    struct Request {
        std::optional<RegistryId> registryId;
        RepositoryName repositoryName;
        std::optional<NextToken> nextToken;
        std::optional<MaxResults> maxResults;
        std::optional<ImagesFilter> filter;
    };
    struct Response {
        std::optional<ImageIdentifiers> imageIds;
        std::optional<NextToken> nextToken;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(ListImages::Request, (), (registryId, repositoryName, nextToken, maxResults, filter))
BOOST_DESCRIBE_STRUCT(ListImages::Response, (), (imageIds, nextToken))

// "DIGEST TAG": neither contains a space.
store::ImageEntryPosition entry_position(const std::string& text) {
    const auto space = text.find(' ');
    return {.digest = text.substr(0, space), .tag = space == std::string::npos ? "" : text.substr(space + 1)};
}

Task<Answer<ListImages::Response>> ListImages::handle(Request request, const Call& call) {
    auto repository = repository_of(call, request.registryId, request.repositoryName);
    const auto filter = from_wire(request.filter);
    auto paging = Paging::of(call.environment.key, page_scope(name, repository, filter), request);
    if (!paging) co_return std::unexpected(std::move(paging).error());
    auto entries = co_await call.environment.images.entry_page(call.caller, std::move(repository), filter,
                                                               paging->from(entry_position), paging->one_more());
    if (!entries) co_return fail(std::move(entries));
    Response response;
    response.nextToken = paging->cut(*entries, [](const auto& last) {
        return last.digest.text() + " " + (last.tag ? last.tag->text() : std::string());
    });
    auto& items = response.imageIds.emplace().items;
    for (auto& entry : *entries) {
        items.push_back(
            to_wire(model::ImageIdentifier{.digest = std::move(entry.digest), .tag = std::move(entry.tag)}));
    }
    co_return response;
}

}  // namespace

constinit const Operation operation::list_images = bind<ListImages>();

}  // namespace berth::api::aws
