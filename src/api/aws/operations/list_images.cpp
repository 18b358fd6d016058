#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/page_token.hpp"
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
    const auto scope = page_scope(name, repository, filter);
    const auto limit = static_cast<std::size_t>(request.maxResults.value_or(MaxResults{100}).value);
    store::ImageEntryPosition after;
    if (request.nextToken) {
        auto position = open_page_token(call.environment.key, scope, request.nextToken->value);
        if (!position) co_return std::unexpected(std::move(position).error());
        after = entry_position(*position);
    }
    // One more than asked for tells whether there is a next page.
    auto entries = co_await call.environment.images.entry_page(call.caller, std::move(repository), filter,
                                                               std::move(after), limit + 1);
    if (!entries) co_return fail(std::move(entries));
    Response response;
    if (entries->size() > limit) {
        entries->resize(limit, entries->front());
        const auto& last = entries->back();
        response.nextToken = NextToken{make_page_token(
            call.environment.key, scope, last.digest.text() + " " + (last.tag ? last.tag->text() : std::string()))};
    }
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
