// Why something was removed or brought back: what its event and its entry in the recycle bin say of it.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace berth::model {

struct Cause {
    std::string principal_arn = {};                    // who asked for it; empty: a lifecycle rule did
    std::optional<int> lifecycle_rule = std::nullopt;  // the rulePriority of that rule
    friend bool operator==(const Cause&, const Cause&) = default;
};

[[nodiscard]] inline Cause by_principal(std::string arn) {
    return {.principal_arn = std::move(arn)};
}
[[nodiscard]] inline Cause by_lifecycle_rule(int priority) {
    return {.lifecycle_rule = priority};
}

}  // namespace berth::model
