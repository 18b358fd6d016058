// The exact order of versions, as each ecosystem's own tools have it.
//
// Pure, without state, safe on any bytes: a comparison takes time linear in the texts and keeps nothing. The rules and
// where they are published stand at the head of each order's file.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace berth::versions {

enum class Scheme : std::uint8_t { deb, rpm, apk, npm, go, crates, pypi, maven, gem, nuget, packagist };

// Longer texts are versions of nothing. The longest that real feeds hold is near 100.
inline constexpr std::size_t max_length = 512;

// nullopt: one of the two is not a version of that scheme. Two spellings of one version (1.0 and 1.0.0 where the
// scheme says so) are equal.
using Order = std::optional<std::strong_ordering>;
[[nodiscard]] Order compare(Scheme scheme, std::string_view a, std::string_view b);

[[nodiscard]] inline bool is_version(Scheme scheme, std::string_view text) {
    return compare(scheme, text, text).has_value();
}

// "deb", "npm" ...: the names that `berth vulndb compare` takes.
[[nodiscard]] std::string_view name_of(Scheme scheme);
[[nodiscard]] std::optional<Scheme> parse_scheme(std::string_view name);

}  // namespace berth::versions
