// Hexadecimal and base64 (RFC 4648), strict: anything outside the alphabet is refused.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace berth {

[[nodiscard]] std::string to_hex(std::span<const unsigned char> bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

// Standard alphabet with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
// Accepts the standard alphabet, padded; nullopt for anything else (white space included).
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

// %XX decoding (RFC 3986); nullopt for a broken escape. '+' stays '+'.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
// Escapes everything but unreserved characters; '/' is kept when keep_slash says so.
enum class Slash : unsigned char { keep, escape };
[[nodiscard]] std::string percent_encode(std::string_view text, Slash slash = Slash::escape);

}  // namespace berth
