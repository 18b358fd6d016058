// The model's regular expressions as matchers written by hand: no regex engine meets hostile input.
#pragma once

#include <string_view>

namespace berth::api::aws::patterns {

[[nodiscard]] bool registry_id(std::string_view text);  // [0-9]{12}
[[nodiscard]] bool repository_name(std::string_view text);
[[nodiscard]] bool upload_id(std::string_view text);   // 8-4-4-4-12 hexadecimal digits of any case
[[nodiscard]] bool digest(std::string_view text);      // [a-zA-Z0-9-_+.]+:[a-fA-F0-9]+
[[nodiscard]] bool image_tag(std::string_view text);   // [a-zA-Z0-9-_.]+
[[nodiscard]] bool tag_filter(std::string_view text);  // ^[0-9a-zA-Z._*-]{1,128}$
[[nodiscard]] bool no_space(std::string_view text);    // ^\S+$
[[nodiscard]] bool region(std::string_view text);      // [0-9a-z-]{2,25}
// ^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$
[[nodiscard]] bool repository_filter(std::string_view text);

// ^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$
[[nodiscard]] bool scan_filter(std::string_view text);

}  // namespace berth::api::aws::patterns
