// An rpm header as every rpm database stores it: a table of tags and one block of data, big-endian, without a lead.
// (rpm's format documentation, "Header format".)
#pragma once

#include "inventory/file_facts.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace berth::inventory {

// Adds the package and its files. Keys that rpm keeps as packages (gpg-pubkey) add nothing.
// Faults: invalid_parameter (no such header), too_large.
[[nodiscard]] Result<void> add_rpm_header(std::span<const std::byte> header, FileFacts& facts,
                                          OwnedFilesOfDatabase& owned);

// Called with each stored header of a database; a fault ends the reading and is handed on.
using RpmHeaderSink = std::function<Result<void>(std::span<const std::byte>)>;

// /var/lib/rpmmanifest/container-manifest-2, the list that Azure Linux leaves in images without rpm.
[[nodiscard]] Result<FileFacts> parse_rpm_manifest(std::string_view text);

}  // namespace berth::inventory
