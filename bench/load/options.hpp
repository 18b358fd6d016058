// The command line, for bench/run rather than for people: every option is `--name value`.
#pragma once

#include "measure.hpp"
#include "workload.hpp"

#include <sys/types.h>

#include <vector>

namespace bench {

struct Options {
    Run run;  // its client count is set for each run
    Parameters parameters;
    std::vector<std::size_t> clients;  // one run each, in this order, after one seeding
    pid_t server = 0;
};

// Throws std::invalid_argument, whose text says which option is at fault.
Options parse_options(int count, char** arguments);

}  // namespace bench
