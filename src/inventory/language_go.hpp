// Go modules: what the linker wrote into a program about its modules, and go.mod and go.sum of a source tree.
#pragma once

#include "inventory/file_reader.hpp"

#include <string>

namespace berth::inventory {

// What the build information of a program begins with, aligned to 16 bytes.
inline constexpr std::string_view go_build_info_marker = "\xFF Go buildinf:";

// "go1.21rc2 X:aliastypes" is 1.21.0-rc.2, as advisories for the standard library number it. Empty for a tool chain
// between versions.
[[nodiscard]] std::string go_toolchain_version(std::string_view text);

// The modules of a program, with what replaced them, and "stdlib" with the tool chain's version. The main module is
// one of them only if it has a version. Replaced by a folder: not listed, nobody can tell what it is.
[[nodiscard]] Result<std::vector<Package>> read_go_program(const FileContent& content);

[[nodiscard]] bool is_go_module(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_go_module(const FileContent& content);

// The newest version of each module whose content was needed. More than is linked into any one program, so guessed.
[[nodiscard]] bool is_go_sum(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_go_sum(const FileContent& content);

}  // namespace berth::inventory
