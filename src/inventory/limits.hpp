// Bounds on one image.
#pragma once

#include "archive/limits.hpp"

#include <cstddef>

namespace berth::inventory {

struct Limits {
    archive::Limits layer;  // of each layer; its deadline is the image's
    std::size_t layers = 128;
    std::size_t packages_of_layer = 500'000;
    std::size_t packages_of_image = 1'000'000;  // those of all layers, hidden ones too
    std::size_t problems_of_layer = 100;        // more are counted only
};

}  // namespace berth::inventory
