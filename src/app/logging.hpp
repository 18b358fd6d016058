// Where log lines go: standard error, as text for people or as JSON for machines, through spdlog.
#pragma once

#include "app/config.hpp"

namespace berth::app {

// Once, before other threads run.
void start_logging(const Config& config);

}  // namespace berth::app
