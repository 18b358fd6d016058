// The canonical spelling of a request's parts, as Signature Version 4 wants it. Inside auth only.
#pragma once

#include "auth/sigv4.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::auth::sigv4 {

[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);
// A header name in lower case: RFC 9110 token characters.
[[nodiscard]] bool is_lower_name(std::string_view text);
[[nodiscard]] bool is_sha256_hex(std::string_view text);

// The first header of that name; `lower_name` is in lower case.
[[nodiscard]] std::optional<std::string_view> find_header(const RequestToVerify& request, std::string_view lower_name);
// All values of the header, each trimmed and with single spaces, joined by commas.
[[nodiscard]] std::string canonical_header_value(const RequestToVerify& request, std::string_view lower_name);

// Decoded; a part with a broken escape stands as it was sent.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> query_pairs(std::string_view query);
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);
// Sorted and escaped anew; without X-Amz-Signature.
[[nodiscard]] std::string canonical_query(std::string_view query);

// Without empty, "." and ".." segments; starts with '/'.
[[nodiscard]] std::string normalized_path(std::string_view path);

}  // namespace berth::auth::sigv4
