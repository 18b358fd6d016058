#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"

namespace berth::api::aws {

namespace {

struct UntagResource {
    static constexpr std::string_view name = "UntagResource";
    static constexpr iam::Action action = iam::action::untag_resource;
    struct Request {
        Arn resourceArn;
        List<AnyText> tagKeys;
    };
    struct Response {};
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(UntagResource::Request, (), (resourceArn, tagKeys))
BOOST_DESCRIBE_STRUCT(UntagResource::Response, (), ())

Task<Answer<UntagResource::Response>> UntagResource::handle(Request request, const Call& call) {
    auto repository = repository_of_arn(call, request.resourceArn);
    if (!repository) co_return std::unexpected(std::move(repository).error());
    if (request.tagKeys.items.empty()) {
        co_return invalid_parameter("tagKeys", "Member must have length greater than or equal to 1");
    }
    std::vector<std::string> keys;
    keys.reserve(request.tagKeys.items.size());
    for (auto& key : request.tagKeys.items) keys.push_back(std::move(key.value));
    auto done = co_await call.environment.repositories.erase_resource_tags(call.caller, std::move(*repository),
                                                                           std::move(keys));
    if (!done) co_return fail(std::move(done));
    co_return Response{};
}

}  // namespace

constinit const Operation operation::untag_resource = bind<UntagResource>();

}  // namespace berth::api::aws
