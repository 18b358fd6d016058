// Which lifecycle policy acts on a repository: its own, else, where Settings::lifecycle.extensions allows, the
// registry's default for its name.
#pragma once

#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <optional>

namespace berth::registry {

[[nodiscard]] std::optional<store::LifecyclePolicy> governing_policy(const Services& services, store::Transaction& tx,
                                                                     const model::Repository& repository);

[[nodiscard]] bool is_governed(const Services& services, store::Transaction& tx, const model::Repository& repository);

// Something changed that a policy may judge otherwise: asks for a run, if any policy governs the repository. Pushes in
// quick succession share one.
void expect_lifecycle_run(Services& services, store::Transaction& tx, const model::Repository& repository);

}  // namespace berth::registry
