// What is kept of an image whose findings follow the database, or stay as they are: its inventory in parts, one for
// each layer that brought packages, so that images upon one base share the base's. Such images are enhanced scans'.
#pragma once

#include "inventory/package.hpp"
#include "scan/match.hpp"
#include "scanning/kept_findings.hpp"
#include "store/inventory_table.hpp"

#include <string_view>
#include <vector>

namespace berth::scanning {

// The lowest layer first, each with the distribution of the whole. Nothing but what a matcher looks at is in them.
[[nodiscard]] std::vector<inventory::Inventory> parts_of(const inventory::Inventory& inventory);

// With the packages it asks for, in sets of one stream each; without findings.
[[nodiscard]] store::FollowedInventory followed_inventory(const inventory::Inventory& part);

// The same for an image whose findings stay as they are by this generation of the database.
[[nodiscard]] store::FollowedInventory frozen_inventory(const inventory::Inventory& part, std::string_view generation);

[[nodiscard]] store::InventoryFindings to_store(const KeptFindings& kept);

}  // namespace berth::scanning
