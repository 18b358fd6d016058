// Telling people what became of an import, for the commands that import.
#pragma once

#include "base/result.hpp"
#include "vulndb/import.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace berth::app {

enum class Broken : std::uint8_t { fails, is_left_out };

// Imports with a progress bar, then prints what every feed held, and which records were skipped why; a fault is printed
// too, as are the feeds that were left out.
[[nodiscard]] Result<vulndb::ImportReport> import_and_report(const std::filesystem::path& folder,
                                                             std::span<const vulndb::FeedFile> files, Broken broken);

}  // namespace berth::app
