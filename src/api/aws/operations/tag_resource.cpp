#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct TagResource {
    static constexpr std::string_view name = "TagResource";
    static constexpr iam::Action action = iam::action::tag_resource;
    struct Request {
        Arn resourceArn;
        TagList tags;
    };
    struct Response {};
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(TagResource::Request, (), (resourceArn, tags))
BOOST_DESCRIBE_STRUCT(TagResource::Response, (), ())

Task<Answer<TagResource::Response>> TagResource::handle(Request request, const Call& call) {
    auto repository = repository_of_arn(call, request.resourceArn);
    if (!repository) co_return std::unexpected(std::move(repository).error());
    auto done = co_await call.environment.repositories.put_resource_tags(call.caller, std::move(*repository),
                                                                         from_wire(request.tags));
    if (!done) co_return fail(std::move(done));
    co_return Response{};
}

}  // namespace

constinit const Operation operation::tag_resource = bind<TagResource>();

}  // namespace berth::api::aws
