// xz as a stream, inside the limits of archive/: the one packing that feeds have and layers must not.
#pragma once

#include "archive/limits.hpp"
#include "archive/source.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace berth::vulndb {

[[nodiscard]] bool is_xz(std::string_view start);

// The unpacked bytes of any number of streams; `packed` and `limits` must outlive the answer. Faults: too_large (a
// limit, or a dictionary over 128 MiB), invalid_parameter (broken or truncated), and those of `packed`.
[[nodiscard]] std::unique_ptr<archive::Source> unpack_xz(archive::Source& packed, const archive::Limits& limits);

}  // namespace berth::vulndb
