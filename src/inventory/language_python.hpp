// Python packages as installers leave them: NAME.dist-info/METADATA, NAME.egg-info (a folder with PKG-INFO, or the file
// itself), EGG-INFO/PKG-INFO of an unpacked egg, and the same inside a zipped one.
#pragma once

#include "inventory/file_reader.hpp"

#include <string>

namespace berth::inventory {

// The one spelling of a project's name: https://packaging.python.org/en/latest/specifications/name-normalization/
[[nodiscard]] std::string normalised_python_name(std::string_view name);

[[nodiscard]] bool is_python_metadata(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_python_metadata(const FileContent& content);

[[nodiscard]] bool is_python_egg(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_python_egg(const FileContent& content);

}  // namespace berth::inventory
