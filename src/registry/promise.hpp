// "The blob is here" is a promise: the client skips its upload, and may push the image that needs the blob for as long
// as Settings::blob_grace from then on. A blob that no image needs yet is reviewed no earlier than that.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/image.hpp"
#include "registry/services.hpp"

#include <vector>

namespace berth::registry {

// When a blob of which "it is here" is said now may be reviewed: after the grace, and a quarter of it more, so that
// the answers of that quarter need not be written down.
[[nodiscard]] Timestamp next_review(const Services& services);

// Is the blob here for the whole grace, as far as its row tells?
[[nodiscard]] bool is_promised(const Services& services, const model::Blob& blob);

// Postpones the reviews of blobs of the repository that are not promised. Those that are gone by now come back.
[[nodiscard]] Task<Result<std::vector<model::Digest>>> promise(Services& services, model::RepositoryId repository,
                                                               std::vector<model::Digest> digests);

// The same for one blob. false: it is gone.
[[nodiscard]] Task<Result<bool>> promise(Services& services, model::RepositoryId repository,
                                         const model::Digest& digest);

}  // namespace berth::registry
