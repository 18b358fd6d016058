// Of an index, its children's scans as if they were one.
#pragma once

#include "model/digest.hpp"
#include "store/scan_table.hpp"
#include "store/transaction.hpp"

#include <span>

namespace berth::scanning {

struct ChildScan {
    model::Digest digest;
    store::ImageScan scan;
};

// Of at least one: under way as long as one is, failed when all have; without counts, since children share findings.
// What single children lack is in its reason.
[[nodiscard]] store::ImageScan together(std::span<const ChildScan> children);

// Fills in the scans of the indexes among them, which have none of their own.
void add_index_scans(store::Transaction& tx, store::ScanType type, std::span<store::TaggedImage> images);

}  // namespace berth::scanning
