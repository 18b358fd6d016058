// Media types as clients write them, and the form they are compared in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::oci {

enum class ManifestKind : std::uint8_t { image, index };

// "Application/JSON; charset=utf-8" becomes "application/json": parameters and white space gone, lower case
// (RFC 9110, 8.3.1: type and subtype are compared without case).
[[nodiscard]] std::string normalised_media_type(std::string_view text);

// What kind of manifest a normalised media type names; nullopt for everything this registry does not store.
[[nodiscard]] std::optional<ManifestKind> manifest_kind(std::string_view media_type);

// Layers that are fetched from somewhere else by their urls and need not be pushed (image-spec 1.1, "layer.md").
[[nodiscard]] bool is_non_distributable(std::string_view media_type);

}  // namespace berth::oci
