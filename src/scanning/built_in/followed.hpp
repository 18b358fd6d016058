// What is kept of an image whose findings follow the database: its inventory in parts, one for each layer that brought
// packages, so that images upon one base share the base's. Such images are enhanced scans'.
#pragma once

#include "inventory/package.hpp"
#include "scan/match.hpp"
#include "scanning/kept_findings.hpp"
#include "store/inventory_table.hpp"

#include <vector>

namespace berth::scanning {

// The lowest layer first, each with the distribution of the whole. Nothing but what a matcher looks at is in them.
[[nodiscard]] std::vector<inventory::Inventory> parts_of(const inventory::Inventory& inventory);

// With the packages it asks for, in sets of one stream each; without findings.
[[nodiscard]] store::FollowedInventory followed_inventory(const inventory::Inventory& part);

[[nodiscard]] store::InventoryFindings to_store(const KeptFindings& kept);

}  // namespace berth::scanning
