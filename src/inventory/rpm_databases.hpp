// The three containers that rpm keeps its headers in, read from memory: SQLite (Fedora, RHEL 9), ndb (SUSE), and a
// Berkeley DB hash (RHEL up to 8). rpm itself is not asked. Each calls the sink for every stored header.
#pragma once

#include "inventory/rpm_header.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace berth::inventory {

// rpmdb.sqlite. `image` is changed: a database left in write-ahead mode is set back to be readable from memory.
// `write_ahead_log`: the bytes of rpmdb.sqlite-wal, or none; its committed pages are put in first.
[[nodiscard]] Result<void> read_rpm_sqlite(std::vector<std::byte>& image, std::span<const std::byte> write_ahead_log,
                                           const RpmHeaderSink& sink);
// Packages.db
[[nodiscard]] Result<void> read_rpm_ndb(std::span<const std::byte> file, const RpmHeaderSink& sink);
// Packages
[[nodiscard]] Result<void> read_rpm_berkeley(std::span<const std::byte> file, const RpmHeaderSink& sink);

// The packages of a database, `read` being a call of one of these. Headers that overlap, so that they are longer
// together than the file, are too_large. A header that is broken becomes a problem and the others are still read.
[[nodiscard]] Result<FileFacts> rpm_facts(std::uint64_t file_bytes,
                                          const std::function<Result<void>(const RpmHeaderSink&)>& read);

}  // namespace berth::inventory
