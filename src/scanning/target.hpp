// What a stored image is for a scanner.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/image.hpp"
#include "registry/services.hpp"
#include "scanning/scanner.hpp"
#include "store/scan_table.hpp"

#include <optional>

namespace berth::scanning {

struct WantedScan {
    store::ScanType type = store::ScanType::basic;
    ScanTarget target;
};

// The image and the type of the scan that was asked for. nullopt: the image went, or nobody wants it scanned. Faults:
// those of oci::parse_manifest().
[[nodiscard]] Task<Result<std::optional<WantedScan>>> find_wanted(registry::Services& services,
                                                                  model::ImageRowId image);

}  // namespace berth::scanning
