#include "api/aws/bind.hpp"
#include "api/aws/catalog.hpp"
#include "api/aws/translate.hpp"
#include "auth/token.hpp"

namespace berth::api::aws {

namespace {

struct AuthorizationData {
    std::optional<Text<shape::Base64>> authorizationToken;
    std::optional<Timestamp> expiresAt;
    std::optional<Url> proxyEndpoint;
};
BOOST_DESCRIBE_STRUCT(AuthorizationData, (), (authorizationToken, expiresAt, proxyEndpoint))

struct GetAuthorizationToken {
    static constexpr std::string_view name = "GetAuthorizationToken";
    static constexpr iam::Action action = iam::action::get_authorization_token;
    struct Request {
        std::optional<List<RegistryId, 1, 10>> registryIds;
    };
    struct Response {
        std::optional<List<AuthorizationData>> authorizationData;
    };
    static Task<Answer<Response>> handle(Request request, const Call& call);
};
BOOST_DESCRIBE_STRUCT(GetAuthorizationToken::Request, (), (registryIds))
BOOST_DESCRIBE_STRUCT(GetAuthorizationToken::Response, (), (authorizationData))

// The token speaks for the caller in this region, whichever registry it is shown to; the ids only choose endpoints.
Task<Answer<GetAuthorizationToken::Response>> GetAuthorizationToken::handle(Request request, const Call& call) {
    const auto& environment = call.environment;
    const iam::Resource resource{.registry = call.own_registry()};
    auto allowed = co_await environment.authorizer.require(call.caller.principal, action, resource);
    if (!allowed) co_return fail(std::move(allowed));
    const auto now = environment.clock.now();
    const auto expires = now + auth::token_lifetime;
    const auto password = auth::issue_token(
        environment.key,
        {.principal = call.caller.principal, .region = call.region, .issued_at = now, .expires_at = expires});
    const auto token = to_base64(std::string(auth::token_user) + ":" + password);

    std::vector<model::Registry> registries;
    if (request.registryIds) {
        for (const auto& id : request.registryIds->items) registries.push_back(registry_of(call, id));
    } else {
        registries.push_back(call.own_registry());
    }
    Response response;
    auto& items = response.authorizationData.emplace().items;
    for (const auto& registry : registries) {
        items.push_back({.authorizationToken = Text<shape::Base64>{token},
                         .expiresAt = expires,
                         .proxyEndpoint = Url{call.addresses.proxy_endpoint(registry)}});
    }
    co_return response;
}

}  // namespace

constinit const Operation operation::get_authorization_token = bind<GetAuthorizationToken>();

}  // namespace berth::api::aws
