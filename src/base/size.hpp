// Sizes in bytes, by their units: 64_KiB, 4_MiB. Written as 4 * 1024 * 1024 they would be computed in int first.
#pragma once

#include <cstddef>

namespace berth {

consteval std::size_t operator""_KiB(unsigned long long count) {
    return count * 1024;
}
consteval std::size_t operator""_MiB(unsigned long long count) {
    return count * 1024 * 1024;
}
consteval std::size_t operator""_GiB(unsigned long long count) {
    return count * 1024 * 1024 * 1024;
}

}  // namespace berth
