// Ruby gems: specifications/*.gemspec of what is installed, Gemfile.lock of a source tree.
#pragma once

#include "inventory/file_reader.hpp"

namespace berth::inventory {

// The platform of a gem (x86_64-linux) is no part of its version.
[[nodiscard]] bool is_gem_specification(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_gem_specification(const FileContent& content);

// Gems from a server or from git; those of a folder (PATH) are the tree's own.
[[nodiscard]] bool is_gem_lock(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_gem_lock(const FileContent& content);

}  // namespace berth::inventory
