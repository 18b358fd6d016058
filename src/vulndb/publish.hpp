// A folder with one database: who may write it, and how the next generation takes its place.
#pragma once

#include "archive/source.hpp"
#include "base/result.hpp"
#include "vulndb/descriptor.hpp"

#include <filesystem>

namespace berth::vulndb {

// Makes the folder where it is missing. Held as long as the answer lives; `unavailable` when somebody else has it.
[[nodiscard]] Result<Descriptor> lock_folder(const std::filesystem::path& folder);

// Writes all of it and syncs it. storage_full, unavailable, and the faults of the source.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& file, archive::Source& content);

// Syncs `next`, keeps the present database as the previous one, and gives `next` its name: with one rename, so that at
// every moment, also after a crash, there is a whole database.
[[nodiscard]] Result<void> publish(const std::filesystem::path& folder, const std::filesystem::path& next);

}  // namespace berth::vulndb
