// The package database of apk-tools: lib/apk/db/installed, since apk-tools 3 usr/lib/apk/db/installed.
#pragma once

#include "inventory/file_facts.hpp"

#include <string_view>

namespace berth::inventory {

// One-letter keys, told apart by case; a blank line ends a record.
[[nodiscard]] Result<FileFacts> parse_apk_installed(std::string_view text);

}  // namespace berth::inventory
