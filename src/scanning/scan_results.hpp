// Keeping what a scan found: the findings, their counts, and the events that tell of them.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/image.hpp"
#include "registry/services.hpp"
#include "scan/finding.hpp"
#include "scanning/target.hpp"
#include "store/scan_table.hpp"

#include <cstdint>
#include <string>

namespace berth::scanning {

// Where the findings of an enhanced scan go.
enum class Keep : std::uint8_t {
    whole,    // to the image
    by_parts  // they are with the image's inventories; the image gets how the scan ended
};

// Thread-safe; lives as long as the services it was given.
class ScanResults {
public:
    explicit ScanResults(registry::Services& services, Keep keep = Keep::whole) : services_(services), keep_(keep) {}

    // Of a scan of the queue: the lease of `owner` ends with it. False, and nothing is kept: the lease was lost, or
    // the image went. A scan that was to follow the database when it began and is not by now, or the other way round,
    // is done again.
    Task<Result<bool>> keep(model::ImageRowId image, const WantedScan& wanted, scan::Findings findings,
                            std::string owner);
    // Of an image that was matched again because the database changed: what was there is replaced, without a new scan.
    // False: the image went, or has no completed scan of this type (any more); one that is under way brings its own.
    Task<Result<bool>> replace(model::ImageRowId image, store::ScanType type, scan::Findings findings);
    // The scan could not be done. `retryable`: it may succeed when the database or the engine is there.
    Task<Result<bool>> fail_scan(model::ImageRowId image, std::string reason, bool retryable, std::string owner);

private:
    struct Change;
    bool prepare(Change& change, const store::ImageScan& scan, Timestamp now) const;
    Task<Result<bool>> store_result(Change& change);
    Result<bool> write(store::Transaction& tx, Change& change);

    registry::Services& services_;
    const Keep keep_;
};

// By severity, of what the basic form or the enhanced form lists.
[[nodiscard]] store::SeverityCounts count_findings(store::ScanType type, const std::vector<scan::Finding>& findings);

}  // namespace berth::scanning
