// Numbers out of bytes, in either order, inside bounds that the caller checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace berth::inventory {

inline std::uint16_t little16(std::span<const std::byte> bytes, std::size_t at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) | std::to_integer<unsigned>(bytes[at + 1])
                                                                                 << 8U);
}
inline std::uint16_t big16(std::span<const std::byte> bytes, std::size_t at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8U |
                                      std::to_integer<unsigned>(bytes[at + 1]));
}
inline std::uint32_t little32(std::span<const std::byte> bytes, std::size_t at) {
    return std::uint32_t{little16(bytes, at)} | std::uint32_t{little16(bytes, at + 2)} << 16U;
}
inline std::uint32_t big32(std::span<const std::byte> bytes, std::size_t at) {
    return std::uint32_t{big16(bytes, at)} << 16U | std::uint32_t{big16(bytes, at + 2)};
}

}  // namespace berth::inventory
