// Images in registries, as inventory/ reads images: layers are streamed, nothing is written to disk.
#pragma once

#include "inventory/image_source.hpp"
#include "pull/reference.hpp"
#include "pull/session.hpp"

#include <optional>

namespace berth::pull {

// OS/ARCHITECTURE[/VARIANT]. Fault: invalid_parameter.
[[nodiscard]] Result<inventory::Platform> parse_platform(std::string_view text);
// Is `platform` what `wanted` asks for? A variant that it leaves out is open.
[[nodiscard]] bool fits(const inventory::Platform& wanted, const inventory::Platform& platform);

// Every image that the reference names: one for each platform of an index, or for the one that is wanted, whose others
// are then not asked for. Faults: those of Session, and those of inventory::open_images().
[[nodiscard]] Result<inventory::Images> open_remote_images(const Reference& reference, Access access,
                                                           const std::optional<inventory::Platform>& wanted);

}  // namespace berth::pull
