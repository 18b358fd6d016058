// What the settings say about Clair, as its engine takes it.
#pragma once

#include "app/config.hpp"

namespace berth::app {

// Throws UsageError with what is missing or wrong in scanner.clair_*; the key is never in its text.
[[nodiscard]] scanning::clair::Options clair_options(const Config& config);

}  // namespace berth::app
