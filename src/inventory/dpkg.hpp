// The package databases of dpkg: /var/lib/dpkg/status, and what images without dpkg have instead, one file a package in
// /var/lib/dpkg/status.d.
#pragma once

#include "inventory/file_facts.hpp"

#include <string_view>

namespace berth::inventory {

// Packages whose files are there: installed, or unpacked and not yet configured. What was removed but left its
// configuration does not count.
[[nodiscard]] Result<FileFacts> parse_dpkg_status(std::string_view text);
// One package (or several); a stanza without a Status field is an installed one.
[[nodiscard]] Result<FileFacts> parse_dpkg_status_d(std::string_view text);
// info/NAME.list and info/NAME:ARCH.list: one absolute path a line.
[[nodiscard]] FileFacts parse_dpkg_list(std::string_view file_name, std::string_view text);
// status.d/NAME.md5sums: a sum, two blanks and a relative path a line.
[[nodiscard]] FileFacts parse_dpkg_md5sums(std::string_view file_name, std::string_view text);

}  // namespace berth::inventory
