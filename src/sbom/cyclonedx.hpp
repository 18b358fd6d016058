// CycloneDX 1.5 as JSON: the oldest version that has all we say, so that the most readers take it.
// https://cyclonedx.org/docs/1.5/json/
#pragma once

#include "inventory/package.hpp"
#include "sbom/document.hpp"

#include <string>

namespace berth::sbom {

// The same arguments give the same bytes. A partial inventory says so (compositions: incomplete).
[[nodiscard]] std::string to_cyclonedx(const inventory::Inventory& inventory, const Subject& subject);

}  // namespace berth::sbom
