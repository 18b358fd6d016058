// Node packages: what is installed (package.json below node_modules), and the lock file of a source tree.
#pragma once

#include "inventory/file_reader.hpp"

namespace berth::inventory {

// node_modules/NAME/package.json and node_modules/@SCOPE/NAME/package.json. A package.json anywhere else is an
// application or a part of a package; one below a package's tests or examples is never loaded.
[[nodiscard]] bool is_npm_package(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_npm_package(const FileContent& content);

// package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3, without what only development needs.
[[nodiscard]] bool is_npm_lock(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_npm_lock(const FileContent& content);

}  // namespace berth::inventory
