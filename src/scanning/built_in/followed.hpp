// What is kept of an image whose findings follow the database.
#pragma once

#include "inventory/package.hpp"
#include "scan/match.hpp"
#include "store/inventory_table.hpp"

namespace berth::scanning {

// With the packages it asks for, in sets of one stream each. Such images are enhanced scans'.
[[nodiscard]] store::FollowedInventory followed_inventory(const inventory::Inventory& inventory);

}  // namespace berth::scanning
