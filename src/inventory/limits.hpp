// Bounds on one image.
#pragma once

#include "archive/limits.hpp"

#include <cstddef>

namespace berth::inventory {

struct Limits {
    archive::Limits layer;  // of each layer; its deadline is the image's
    std::size_t layers = 128;
    // Memory that what was found may take: names, versions, paths. A layer of a thousand packages needs a MiB or two.
    std::size_t found_bytes_of_layer = std::size_t{256} << 20;
    std::size_t found_bytes_of_image = std::size_t{512} << 20;
    std::size_t problems_of_layer = 100;  // more are counted only
};

}  // namespace berth::inventory
