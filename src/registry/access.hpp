// The first two steps of nearly every use case: may the caller, and is the repository there?
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "iam/action.hpp"
#include "model/image.hpp"
#include "model/repository.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <memory>
#include <optional>

namespace berth::registry {

// Authorisation alone; on a repository, or on the registry as a whole.
[[nodiscard]] Task<Result<void>> require(const Services& services, const Call& call, iam::Action action,
                                         const RepositoryRef& repository);
[[nodiscard]] Task<Result<void>> require(const Services& services, const Call& call, iam::Action action,
                                         const model::Registry& registry);

// Authorises, then finds the repository, in memory where possible. In this order: a caller without the right does not
// learn whether the repository exists.
[[nodiscard]] Task<Result<std::shared_ptr<const model::Repository>>> enter(Services& services, const Call& call,
                                                                           iam::Action action,
                                                                           const RepositoryRef& repository);

// The repository inside a transaction, for use cases that change it.
[[nodiscard]] Result<model::Repository> find_repository(store::Transaction& tx, const RepositoryRef& repository);

// The image that `id` names: by its tag, or by its digest where it has no tag. With both, whether they agree is for the
// caller to see; with neither there is none.
[[nodiscard]] std::optional<model::Image> find_image(store::Transaction& tx, model::RepositoryId repository,
                                                     const model::ImageIdentifier& id);

}  // namespace berth::registry
