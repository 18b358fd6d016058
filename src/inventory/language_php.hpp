// Composer packages: vendor/composer/installed.json of what is installed (a list before Composer 2, an object since),
// composer.lock of a source tree, without what only development needs.
#pragma once

#include "inventory/file_reader.hpp"

namespace berth::inventory {

[[nodiscard]] bool is_composer_installed(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_composer_installed(const FileContent& content);

[[nodiscard]] bool is_composer_lock(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_composer_lock(const FileContent& content);

}  // namespace berth::inventory
