// Asking for scans, inside the transaction that makes them necessary. The queue (scanning/scan_queue.hpp) does the
// rest; it begins at once when the bell is rung after the transaction (JobBell::ring_for_scan).
#pragma once

#include "oci/manifest.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <optional>

namespace berth::registry {

// An image of a container: no index, attestation, signature, chart or other artifact.
[[nodiscard]] bool is_scannable(const oci::Manifest& manifest);
// Of a stored image; reads its manifest.
[[nodiscard]] bool is_scannable(const Services& services, store::Transaction& tx, const model::Image& image);

// ECR's default where none was put.
[[nodiscard]] store::ScanningConfiguration scanning_configuration(store::Transaction& tx,
                                                                  const model::Registry& registry);

// The image's scan, if it is of the type the registry has now: results of the other type are void.
[[nodiscard]] std::optional<store::ImageScan> current_scan(store::Transaction& tx, store::ScanType type,
                                                           model::ImageRowId image);

// Something came or came back: asks for a scan of the image if the registry's or the repository's configuration wants
// one and there is none yet. True: it did, so the caller rings the bell. Cheap where nothing is to be scanned.
[[nodiscard]] bool expect_scan(Services& services, store::Transaction& tx, const model::Repository& repository,
                               const model::Image& image, const oci::Manifest& manifest);
[[nodiscard]] bool expect_scan(Services& services, store::Transaction& tx, const model::Image& image);

// Asks for one whatever there is; a result that is there stays until the new one comes. Returns the scan as it stands.
store::ImageScan request_scan(Services& services, store::Transaction& tx,
                              const store::ScanningConfiguration& configuration, const model::Repository& repository,
                              model::ImageRowId image);

}  // namespace berth::registry
