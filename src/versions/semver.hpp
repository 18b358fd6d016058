// The pre-release of Semantic Versioning 2.0.0 (https://semver.org, items 9 to 11), which several orders share.
#pragma once

#include <compare>
#include <string_view>

namespace berth::versions {

// Identifiers of [0-9A-Za-z-], none empty, between dots.
[[nodiscard]] bool are_identifiers(std::string_view text);

// Takes "+build" off the end. False: what follows the '+' is no build metadata.
[[nodiscard]] bool drop_build(std::string_view& text);

}  // namespace berth::versions
