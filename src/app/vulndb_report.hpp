// Telling people what became of an import, for the commands that import.
#pragma once

#include "base/result.hpp"
#include "vulndb/import.hpp"

#include <filesystem>
#include <span>

namespace berth::app {

// Imports with a progress bar, then prints what every feed held, and which records were skipped why. Returns the exit
// code.
int import_and_report(const std::filesystem::path& folder, std::span<const vulndb::FeedFile> files);

}  // namespace berth::app
