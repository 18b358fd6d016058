// NuGet packages: NAME.deps.json beside a published program, packages.lock.json of a source tree. Names are as their
// authors spell them; NuGet compares them without case.
#pragma once

#include "inventory/file_reader.hpp"

namespace berth::inventory {

// Libraries of the types "package" and "runtimepack": the latter is the run time inside a self-contained program, and
// is named as the package it came from.
[[nodiscard]] bool is_dotnet_dependencies(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_dotnet_dependencies(const FileContent& content);

[[nodiscard]] bool is_nuget_lock(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_nuget_lock(const FileContent& content);

}  // namespace berth::inventory
