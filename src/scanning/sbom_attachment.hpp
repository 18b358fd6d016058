// Bills of materials beside images: an artifact whose subject is the image, so that whoever asks for the image's
// referrers finds it. Like every referrer it follows its subject when a lifecycle run expires or archives that.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "inventory/package.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/images.hpp"
#include "registry/uploads.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace berth::scanning {

enum class SbomFormat : std::uint8_t { cyclonedx, spdx };

// The artifact type of such a bill's manifest, by which referrers are asked for.
[[nodiscard]] std::string_view artifact_type_of(SbomFormat format);

// Has this image one coming? Indexes and artifacts have none, and nothing that has a subject itself: a bill gets no
// bill.
[[nodiscard]] bool may_have_sbom(const model::Image& image);

// What the bill says besides the packages.
struct SbomFacts {
    std::string tag;                    // empty: none
    std::vector<model::Digest> layers;  // the lowest first
    std::string registry_host;          // as clients call it; empty: the repository's name alone
    std::string tool_version;
};

// Attaches a bill of `inventory` to `image`; its digest. Needs the right to upload and to put images. The same image
// and inventory give the same bill, so doing it again changes nothing. Nothing is pulled by it. Faults: unsupported (an
// image that may not have one), image_not_found (it went), and those of Uploads::push() and Images::put().
[[nodiscard]] Task<Result<model::Digest>> attach_sbom(registry::Uploads& uploads, registry::Images& images,
                                                      const registry::Call& call, registry::RepositoryRef repository,
                                                      model::Image image, inventory::Inventory inventory,
                                                      SbomFacts facts, SbomFormat format);

}  // namespace berth::scanning
