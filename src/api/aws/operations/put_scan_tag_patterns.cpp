#include "api/aws/bind.hpp"
#include "api/aws/extensions.hpp"
#include "api/aws/scan_shapes.hpp"

namespace berth::api::aws {

namespace {

struct PutScanTagPatterns {
    static constexpr std::string_view name = "PutScanTagPatterns";
    static constexpr iam::Action action = iam::action::put_scan_tag_patterns;
    struct Request {
        std::optional<RegistryId> registryId;
        List<Text<shape::TagFilterValue>, 0, 20> tagPatterns;
    };
    struct Response {
        std::optional<RegistryId> registryId;
        std::optional<List<Text<shape::TagFilterValue>>> tagPatterns;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(PutScanTagPatterns::Request, (), (registryId, tagPatterns))
BOOST_DESCRIBE_STRUCT(PutScanTagPatterns::Response, (), (registryId, tagPatterns))

Task<Answer<PutScanTagPatterns::Response>> PutScanTagPatterns::handle(Request request, const Call& call) {
    const auto registry = registry_of(call, request.registryId);
    std::vector<std::string> patterns;
    patterns.reserve(request.tagPatterns.items.size());
    for (auto& pattern : request.tagPatterns.items) patterns.push_back(std::move(pattern.value));
    auto stored =
        co_await call.environment.scan_configurations.put_tag_patterns(call.caller, registry, std::move(patterns));
    if (!stored) co_return fail(std::move(stored));
    Response response;
    response.registryId = RegistryId{registry.account.text()};
    auto& shown = response.tagPatterns.emplace().items;
    for (const auto& pattern : stored->tag_patterns) shown.push_back({pattern});
    co_return response;
}

}  // namespace

constinit const Operation extension::put_scan_tag_patterns = bind<PutScanTagPatterns>();

}  // namespace berth::api::aws
