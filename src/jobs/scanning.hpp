// The jobs of image scanning. Scans themselves have a queue of their own (scanning/scan_queue.hpp).
#pragma once

#include "jobs/runner.hpp"
#include "scanning/configurations.hpp"

namespace berth::jobs {

// The use cases outlive the runner.
void add_scanning(Runner& runner, scanning::Configurations& configurations);

}  // namespace berth::jobs
