// The version, once; CHANGELOG.md tells what is in it.
#pragma once

#include <string_view>

namespace berth::app {

inline constexpr std::string_view version = "0.1.0";

}  // namespace berth::app
