#include "api/oci/gate.hpp"

#include "auth/download_link.hpp"

namespace berth::api::oci {

namespace {

constexpr std::string_view expired_text = "Your authorization token has expired. Reauthenticate and try again.";

std::unexpected<Fault> not_authorized() {
    return fail(FaultKind::unauthenticated, "Not Authorized");
}

std::string other_region_text(const model::Region& of_token, const model::Region& of_registry) {
    std::string text = "Your authorization token is for the region ";
    text += of_token.text();
    text += ", but this registry is in ";
    text += of_registry.text();
    text += ". Log in with a token of that region: aws ecr get-login-password --region ";
    text += of_registry.text();
    return text;
}

bool is_read(http::Method method) {
    return method == http::Method::get || method == http::Method::head;
}

}  // namespace

Result<Gate::Admitted> Gate::admit(const http::Request& request, const Target* target, const Query& query) const {
    if (const auto authorization = request.header("Authorization")) return admit_token(request, *authorization);
    if (target == nullptr || target->pattern != Pattern::blob || !is_read(request.method)) return not_authorized();
    const auto ticket = query.find(auth::link_parameter);
    if (!ticket) return not_authorized();
    return admit_link(*target, *ticket);
}

Result<Gate::Admitted> Gate::admit_token(const http::Request& request, std::string_view authorization) const {
    auto claims = authenticator_.authenticate(authorization);
    if (!claims) {
        if (claims.error().kind == FaultKind::token_expired) {
            return fail(FaultKind::token_expired, std::string(expired_text));
        }
        return fail(std::move(claims));
    }
    auto registry = registry_of(request);
    // A token is good for every account's registry of its region; what it may do there the authoriser decides.
    if ((*claims)->region != registry.region) {
        return fail(FaultKind::access_denied, other_region_text((*claims)->region, registry.region));
    }
    return Admitted{.principal = (*claims)->principal, .registry = std::move(registry)};
}

Result<Gate::Admitted> Gate::admit_link(const Target& target, std::string_view ticket) const {
    const auto name = model::RepositoryName::parse(target.repository);
    const auto digest = model::Digest::parse(target.last);
    if (!name || !digest) return not_authorized();
    auto link = auth::verify_download(link_key_, ticket, *name, *digest, clock_.now());
    if (!link) return fail(std::move(link));
    // The link says which registry it is for; whatever host it is fetched from.
    return Admitted{.principal = std::move(link->principal), .registry = std::move(link->registry)};
}

model::Registry Gate::registry_of(const http::Request& request) const {
    return endpoints_.registry_for(request.header("Host").value_or(""));
}

std::string Gate::origin(const http::Request& request) const {
    return endpoints_.seen_from(request.header("Host").value_or("")).proxy_endpoint(registry_of(request));
}

}  // namespace berth::api::oci
