// One function an order, each in a file of that name. Their texts are neither empty nor longer than max_length.
#pragma once

#include "versions/version.hpp"

#include <string_view>

namespace berth::versions {

[[nodiscard]] Order compare_deb(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_rpm(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_apk(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_npm(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_go(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_crates(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_pypi(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_maven(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_gem(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_nuget(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_packagist(std::string_view a, std::string_view b);

}  // namespace berth::versions
