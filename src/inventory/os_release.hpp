// Which distribution an image is: os-release, and the older files that say it where that is missing.
#pragma once

#include "inventory/package.hpp"

#include <optional>
#include <string_view>

namespace berth::inventory {

// os-release(5): shell assignments with quotes, escapes and comments; the last of the same name holds. Nothing when it
// has no ID. ID_LIKE is no identity and is not read. Wolfi and Chainguard have no releases: what stands there is a
// package's version, and is left out.
[[nodiscard]] std::optional<Distribution> parse_os_release(std::string_view text);

// Each by its own file: /etc/alpine-release, /etc/debian_version, /etc/redhat-release and /etc/centos-release,
// /etc/lsb-release.
[[nodiscard]] std::optional<Distribution> parse_alpine_release(std::string_view text);
[[nodiscard]] std::optional<Distribution> parse_debian_version(std::string_view text);
[[nodiscard]] std::optional<Distribution> parse_redhat_release(std::string_view text);
[[nodiscard]] std::optional<Distribution> parse_lsb_release(std::string_view text);

// /etc/apk/repositories: the branch that packages come from (edge, 3.18), as version_id of a Distribution "alpine".
// An image of edge has a release number in os-release that no branch ever got (3.22_alpha20250108).
[[nodiscard]] std::optional<Distribution> parse_apk_repositories(std::string_view text);

}  // namespace berth::inventory
