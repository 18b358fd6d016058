#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct ListTagsForResource {
    static constexpr std::string_view name = "ListTagsForResource";
    static constexpr iam::Action action = iam::action::list_tags_for_resource;
    struct Request {
        Arn resourceArn;
    };
    struct Response {
        std::optional<TagList> tags;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(ListTagsForResource::Request, (), (resourceArn))
BOOST_DESCRIBE_STRUCT(ListTagsForResource::Response, (), (tags))

Task<Answer<ListTagsForResource::Response>> ListTagsForResource::handle(Request request, const Call& call) {
    auto repository = repository_of_arn(call, request.resourceArn);
    if (!repository) co_return std::unexpected(std::move(repository).error());
    auto tags = co_await call.environment.repositories.resource_tags(call.caller, std::move(*repository));
    if (!tags) co_return fail(std::move(tags));
    Response response;
    auto& items = response.tags.emplace().items;
    for (const auto& tag : *tags) items.push_back(to_wire(tag));
    co_return response;
}

}  // namespace

constinit const Operation operation::list_tags_for_resource = bind<ListTagsForResource>();

}  // namespace berth::api::aws
