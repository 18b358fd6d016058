// Memory for bodies, used again and again, the last one given back first: its bytes are nearest.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace bench::floor {

constexpr std::size_t buffer_bytes = 1024UL * 1024;
constexpr std::size_t buffer_alignment = 4096;  // what O_DIRECT asks for

struct GiveBack {
    void operator()(std::byte* buffer) const;
};
using Buffer = std::unique_ptr<std::byte, GiveBack>;

Buffer take_buffer();  // any thread

}  // namespace bench::floor
