// The Accept header (RFC 9110, 12.5.1), as far as choosing a manifest's form needs it.
#pragma once

#include <span>
#include <string_view>

namespace berth::oci {

// Does one of the header values take this (normalised) media type? A type with q=0 is not taken; the most specific
// range that matches decides. Clients send one header with a list, or many headers: `headers` is all of them, and none
// at all takes everything.
[[nodiscard]] bool accepts(std::span<const std::string_view> headers, std::string_view media_type);

}  // namespace berth::oci
