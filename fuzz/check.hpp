// What a fuzz target demands, in every build.
#pragma once

#include <cstdlib>

inline void check(bool holds) {
    if (!holds) std::abort();
}
