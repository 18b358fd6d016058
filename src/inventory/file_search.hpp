// Looks for a marker in a file that is too large to be held.
#pragma once

#include "archive/tar.hpp"

#include <string_view>
#include <vector>

namespace berth::inventory {

// Up to `excerpt_bytes` from the first place of `marker` (not empty) in the current entry; none where it is not there.
[[nodiscard]] Result<std::vector<std::byte>> find_in_file(archive::TarReader& tar, std::string_view marker,
                                                          std::size_t excerpt_bytes);

}  // namespace berth::inventory
