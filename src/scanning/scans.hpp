// Use cases of scans: ask for one, read what it found.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "inventory/image_source.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "scan/basic.hpp"
#include "scanning/kept_findings.hpp"
#include "store/scan_table.hpp"
#include "store/transaction.hpp"

#include <cstddef>
#include <vector>

namespace berth::scanning {

// One image with its findings; of an index, one of its children.
struct ScannedImage {
    model::Image image;
    std::vector<model::Tag> tags;  // its own; of an index's child, the index's as well
    // Of an enhanced scan: digests, the lowest first; scan::VulnerablePackage::layer counts in it.
    std::vector<std::string> layers;
    inventory::Platform platform;  // likewise; empty texts where its configuration does not say
    store::ImageScan scan;
    KeptFindings kept;  // suppressions are applied; nothing but of a completed scan
};

struct ScanReport {
    model::Digest digest;   // of the image that was asked for
    store::ImageScan scan;  // its own, or all its children's together
    std::vector<ScannedImage> images;
};

struct Rescan {
    std::size_t images = 0;  // that will be scanned
    // Where a repository goes on, when there is more of it than one call asks for.
    std::string next_digest;
};

// Thread-safe; lives as long as the services it was given.
class Scans {
public:
    // `headers_last`: scan::Options::rank_kernel_headers_last.
    explicit Scans(registry::Services& services, bool headers_last = false)
        : services_(services), headers_last_(headers_last) {}

    // Action ecr:StartImageScan. An index starts the scans of its children. image_not_found, image_archived,
    // unsupported_image_type; limit_exceeded within Settings::scans.manual_interval of the last one; not_offered in a
    // registry whose scan type is ENHANCED.
    Task<Result<model::Image>> start(const registry::Call& call, registry::RepositoryRef repository,
                                     model::ImageIdentifier id);
    // Action ecr:DescribeImageScanFindings. scan_not_found.
    Task<Result<ScanReport>> report(const registry::Call& call, registry::RepositoryRef repository,
                                    model::ImageIdentifier id);
    // For whoever was shown these images: the scans of the indexes among them, as report() has them, but for their
    // counts.
    Task<Result<void>> add_index_scans(model::Registry registry, std::vector<store::TaggedImage>& images);
    // Action berth:RescanImages, whatever the configuration says: these images, or without any a page of all the
    // repository's, after a digest.
    Task<Result<Rescan>> rescan(const registry::Call& call, registry::RepositoryRef repository,
                                std::vector<model::ImageIdentifier> ids, std::string after_digest);

private:
    registry::Services& services_;
    const bool headers_last_;
};

// ECR's basic form, of all images of the report, each finding once: from CRITICAL down, then by name.
[[nodiscard]] std::vector<scan::BasicFinding> basic_list(const ScanReport& report);

}  // namespace berth::scanning
