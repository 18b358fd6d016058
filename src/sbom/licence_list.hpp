// The identifiers of the SPDX licence list.
#pragma once

#include <span>
#include <string_view>

namespace berth::sbom {

// Sorted without regard to case, with the deprecated ones: packages still use them.
[[nodiscard]] std::span<const std::string_view> licence_ids();
// What may follow WITH.
[[nodiscard]] std::span<const std::string_view> licence_exception_ids();

}  // namespace berth::sbom
