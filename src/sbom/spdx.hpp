// SPDX 2.3 as JSON. https://spdx.github.io/spdx-spec/v2.3/
#pragma once

#include "inventory/package.hpp"
#include "sbom/document.hpp"

#include <string>

namespace berth::sbom {

// The same arguments give the same bytes. Licences that are none of SPDX's become LicenseRef-..., with the text that
// the package gave. A partial inventory says so in the document's comment.
[[nodiscard]] std::string to_spdx(const inventory::Inventory& inventory, const Subject& subject);

}  // namespace berth::sbom
