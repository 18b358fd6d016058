// What the readers of language packages share: words of a line, and one way to make a package.
#pragma once

#include "base/result.hpp"
#include "inventory/lines.hpp"
#include "inventory/package.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::inventory {

// The fault of a file that is not what it claims to be.
[[nodiscard]] std::unexpected<Fault> unreadable(std::string message);

[[nodiscard]] std::string lower(std::string_view text);
// The text between the first two quotation marks of a kind, " or '; nullopt where there are none.
[[nodiscard]] std::optional<std::string_view> quoted(std::string_view text);

// A name or version longer than this, in bytes, is none.
constexpr std::size_t max_name_length = 1024;

// Appends the package if its name and version can be ones, and returns it. A name is UTF-8 that can be seen, without
// spaces; a version is ASCII.
Package* add_package(std::vector<Package>& packages, PackageType type, std::string_view name, std::string_view version);

}  // namespace berth::inventory
