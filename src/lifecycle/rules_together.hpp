// What must hold between the rules of a policy; for the .cpp files of this room.
#pragma once

#include "lifecycle/policy.hpp"
#include "lifecycle/schema.hpp"

namespace berth::lifecycle {

// `policy` has its rules in the order of the document.
void check_together(const Policy& policy, Refusals& refusals);

}  // namespace berth::lifecycle
