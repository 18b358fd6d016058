#include "iam/authorizer.hpp"

#include "model/arn.hpp"

namespace berth::iam {

std::string Resource::arn() const {
    return repository ? model::repository_arn(registry, repository->text()) : std::string("*");
}

Fault access_denied(const Principal& principal, Action action, const Resource& resource) {
    std::string text("User: ");
    text += principal.arn;
    text += " is not authorized to perform: ";
    text += action.name;
    text += " on resource: ";
    text += resource.arn();
    const bool own = principal.account == resource.registry.account;
    text += own ? " because no identity-based policy allows the " : " because no resource-based policy allows the ";
    text += action.name;
    text += " action";
    return {.kind = FaultKind::access_denied, .message = std::move(text)};
}

Task<Result<void>> OwnAccountAuthorizer::require(const Principal& principal, Action action,
                                                 const Resource& resource) const {
    if (principal.account == resource.registry.account) co_return Result<void>{};
    co_return std::unexpected(access_denied(principal, action, resource));
}

}  // namespace berth::iam
