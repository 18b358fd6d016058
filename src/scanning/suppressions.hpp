// Use cases of a registry's suppression rules: ECR has not got them.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/scan_table.hpp"

#include <string>
#include <vector>

namespace berth::scanning {

// Thread-safe; lives as long as the services it was given.
class Suppressions {
public:
    explicit Suppressions(registry::Services& services) : services_(services) {}

    Task<Result<std::vector<store::SuppressionRule>>> list(const registry::Call& call, model::Registry registry);
    // Adds or replaces the rule of that name. invalid_parameter: it asks for nothing, so it would hide everything.
    // limit_exceeded: over 1,000 rules.
    Task<Result<store::SuppressionRule>> put(const registry::Call& call, model::Registry registry,
                                             store::SuppressionRule rule);
    // invalid_parameter: there is none of that name.
    Task<Result<void>> remove(const registry::Call& call, model::Registry registry, std::string name);

private:
    registry::Services& services_;
};

}  // namespace berth::scanning
