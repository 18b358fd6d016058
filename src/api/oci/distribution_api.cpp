#include "api/oci/distribution_api.hpp"

#include "api/oci/answers.hpp"
#include "api/oci/handlers.hpp"
#include "base/encoding.hpp"

#include <stdexcept>

namespace berth::api::oci {

namespace {

// The path as the routes read it: decoded once, and only where there is something to decode. nullopt: broken escape.
std::optional<std::string_view> decoded_path(const http::Request& request, std::string& storage) {
    if (request.path.find('%') == std::string_view::npos) return request.path;
    auto decoded = percent_decode(request.path);
    if (!decoded) return std::nullopt;
    storage = std::move(*decoded);
    return storage;
}

http::Response wrong_method(Pattern pattern) {
    auto response = refusal(405, "UNSUPPORTED", "the method is not one of this resource");
    response.set("Allow", allowed_methods(pattern));
    return response;
}

Task<http::Response> greet() {
    http::Response response;
    response.set("Content-Type", "application/json");
    response.body = std::string("{}");
    co_return response;
}

bool names_repository(Pattern pattern) {
    return pattern != Pattern::base && pattern != Pattern::catalog;
}

}  // namespace

Task<http::Response> DistributionApi::handle(http::Request& request) {
    auto response = co_await answer(request);
    response.set(header::api_version, "registry/2.0");
    if (request.method == http::Method::head) response = without_body(std::move(response));
    co_return response;
}

Task<http::Response> DistributionApi::answer(http::Request& request) {
    std::string path_storage;
    const auto path = decoded_path(request, path_storage);
    const auto target = path ? match_path(*path) : std::nullopt;
    auto query = Query::parse(request.query);

    // Who calls is settled before anything is said about what is there.
    static const Query unreadable;
    auto admitted = gate_.admit(request, target ? &*target : nullptr, query ? *query : unreadable);
    if (!admitted) {
        if (admitted.error().kind == FaultKind::unauthenticated) co_return challenge(gate_.origin(request));
        co_return refusal(admitted.error());
    }
    if (!target) co_return refusal(404, "UNSUPPORTED", "no resource of this API has such a path");
    const auto action = find_action(request.method, target->pattern);
    if (!action) co_return wrong_method(target->pattern);
    if (!query) co_return refusal(query.error());

    auto name = model::RepositoryName::parse(target->repository);
    if (names_repository(target->pattern) && !name) {
        co_return refusal(400, "NAME_INVALID", "the path does not hold a valid repository name");
    }
    Exchange exchange{
        .request = request,
        .target = *target,
        .query = std::move(*query),
        .call = {.principal = std::move(admitted->principal), .request_id = std::string(request.request_id)},
        .repository = {.registry = std::move(admitted->registry),
                       .name = name ? std::move(*name) : model::RepositoryName()}};
    co_return co_await run(*action, exchange);
}

// No coroutine of its own: one frame less on every request.
Task<http::Response> DistributionApi::run(Action action, Exchange& exchange) {
    switch (action) {
        case Action::greet:
            return greet();
        case Action::list_repositories:
            return list_repositories(use_, exchange);
        case Action::list_tags:
            return list_tags(use_, exchange);
        case Action::get_manifest:
            return get_manifest(use_, exchange);
        case Action::put_manifest:
            return put_manifest(use_, exchange);
        case Action::delete_manifest:
            return delete_manifest(use_, exchange);
        case Action::get_blob:
            return get_blob(use_, exchange);
        case Action::delete_blob:
            return delete_blob(use_, exchange);
        case Action::start_upload:
            return start_upload(use_, exchange);
        case Action::show_upload:
            return show_upload(use_, exchange);
        case Action::append_to_upload:
            return append_to_upload(use_, exchange);
        case Action::complete_upload:
            return complete_upload(use_, exchange);
        case Action::cancel_upload:
            return cancel_upload(use_, exchange);
        case Action::list_referrers:
            return list_referrers(use_, exchange);
    }
    throw std::logic_error("an action without a handler");
}

}  // namespace berth::api::oci
