// The one seam every use case asks before it acts, on both planes: may this principal do this action to this
// resource? Denied is the default.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "iam/action.hpp"
#include "iam/principal.hpp"
#include "model/names.hpp"

#include <optional>
#include <string>

namespace berth::iam {

// What is acted upon: a repository of a registry, or (no name) the registry as a whole.
struct Resource {
    model::Registry registry;
    std::optional<model::RepositoryName> repository = std::nullopt;

    // The repository's ARN; "*" for the registry as a whole, as IAM writes it.
    [[nodiscard]] std::string arn() const;
};

// Thread-safe.
class Authorizer {
public:
    Authorizer() = default;
    Authorizer(const Authorizer&) = delete;
    Authorizer& operator=(const Authorizer&) = delete;
    virtual ~Authorizer() = default;

    // access_denied with IAM's sentence, or nothing to say. All three outlive the returned task.
    [[nodiscard]] virtual Task<Result<void>> require(const Principal& principal, Action action,
                                                     const Resource& resource) const = 0;
};

// The account's root may do everything in its own account; nobody else may do anything.
class OwnAccountAuthorizer final : public Authorizer {
public:
    [[nodiscard]] Task<Result<void>> require(const Principal& principal, Action action,
                                             const Resource& resource) const override;
};

// User: ARN is not authorized to perform: ACTION on resource: ARN because no ... policy allows the ACTION action
[[nodiscard]] Fault access_denied(const Principal& principal, Action action, const Resource& resource);

}  // namespace berth::iam
