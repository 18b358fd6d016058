// Crates: the list that `cargo auditable` leaves in a program, and Cargo.lock of a source tree. Crates of the tree
// itself have no source and are left out: they are nobody's package.
#pragma once

#include "inventory/file_reader.hpp"

namespace berth::inventory {

// Section .dep-v0 of an ELF, PE or Mach-O file: JSON, compressed by zlib. What only the build needed is not in the
// program.
[[nodiscard]] Result<std::vector<Package>> read_rust_program(const FileContent& content);

[[nodiscard]] bool is_cargo_lock(const FileInfo& file);
[[nodiscard]] Result<std::vector<Package>> read_cargo_lock(const FileContent& content);

}  // namespace berth::inventory
