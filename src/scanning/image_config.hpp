// The configuration of an image that the registry has.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "inventory/image_json.hpp"
#include "model/digest.hpp"
#include "model/repository.hpp"
#include "registry/services.hpp"

namespace berth::scanning {

// Faults: those of inventory::parse_config(), too_large beyond inventory::max_document_bytes, blob_not_found, and
// unavailable where its bytes cannot be read.
[[nodiscard]] Task<Result<inventory::Config>> image_config(registry::Services& services, model::RepositoryId repository,
                                                           model::Digest config);

}  // namespace berth::scanning
