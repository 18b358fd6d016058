// Names inside archives, made safe: relative to the root, without empty, "." or ".." components.
#pragma once

#include "archive/limits.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::archive {

// "./usr//bin/../lib/" is "usr/lib"; the root itself is "". Nothing when it leads out of the root or holds a zero byte.
[[nodiscard]] std::optional<std::string> normal_path(std::string_view name);
// too_large, naming the limit, where a normal path is over one.
[[nodiscard]] Result<void> check_path(std::string_view path, const Limits& limits);

}  // namespace berth::archive
