// Bills of materials for what is scanned, where the operator wants them (scanner.attach_sbom).
#pragma once

#include "async/task.hpp"
#include "inventory/package.hpp"
#include "registry/images.hpp"
#include "registry/services.hpp"
#include "registry/uploads.hpp"
#include "scanning/sbom_attachment.hpp"
#include "scanning/scanner.hpp"

#include <functional>
#include <string>

namespace berth::scanning {

// Thread-safe; lives as long as what it was given.
class SbomAttacher {
public:
    // As clients call a registry; empty: no name that is good for all of them is known.
    using HostOf = std::function<std::string(const model::Registry&)>;

    SbomAttacher(registry::Services& services, registry::Uploads& uploads, registry::Images& images, SbomFormat format,
                 HostOf host_of, std::string tool_version);

    // Attaches the bill unless the image has one of this format already, whoever made it: a scan again brings no second
    // one. An image that may have none, or that went, gets none. It is done as the account's root. What hinders it is
    // logged and hinders no scan.
    [[nodiscard]] Task<void> attach(const ScanTarget& target, const inventory::Inventory& inventory);

private:
    // Nothing: there is nobody to have a bill, or it has one.
    struct Wanted;
    [[nodiscard]] Task<Result<std::optional<Wanted>>> find_wanted(const registry::Call& call, const ScanTarget& target);

    registry::Services& services_;
    registry::Uploads& uploads_;
    registry::Images& images_;
    const SbomFormat format_;
    const HostOf host_of_;
    const std::string tool_version_;
};

}  // namespace berth::scanning
