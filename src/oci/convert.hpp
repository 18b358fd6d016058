// Manifest conversions ECR offers to clients that pull by tag: Docker schema 2 and OCI image, either way.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::oci {

// The manifest with the media types of the other format, or nullopt when there is no such conversion. Indexes are never
// converted.
[[nodiscard]] std::optional<std::string> convert_manifest(std::string_view bytes, std::string_view from,
                                                          std::string_view to);

}  // namespace berth::oci
