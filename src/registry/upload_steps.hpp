// The steps uploads are made of, shared by the use cases of Uploads: opening one again, persisting its progress,
// publishing or discarding what it brought.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/live_uploads.hpp"
#include "registry/services.hpp"
#include "registry/uploads.hpp"

#include <memory>
#include <span>

namespace berth::registry {

// A new row; nothing is stored yet.
[[nodiscard]] store::Upload new_upload_row(Services& services, const Call& call, model::RepositoryId repository);

// The upload from the stores, its bytes hashed again: what a restart costs.
[[nodiscard]] Task<Result<std::shared_ptr<LiveUpload>>> rebuild_upload(Services& services, store::Upload row,
                                                                       model::DigestAlgorithm algorithm);

// After this, what was received survives the end of the process.
[[nodiscard]] Task<Result<void>> persist_progress(Services& services, LiveUpload& upload);

// Does the content have this digest? Hashes again when another algorithm was running.
[[nodiscard]] Task<Result<void>> check_digest(Services& services, LiveUpload& upload, const model::Digest& expected);

// Makes the bytes durable and part of the repository; the upload is over.
[[nodiscard]] Task<Result<model::Blob>> publish_upload(Services& services, const RepositoryRef& repository,
                                                       LiveUpload& upload, const model::Digest& digest);

// The upload is over and leaves nothing behind.
[[nodiscard]] Task<Result<void>> discard_upload(Services& services, const store::Upload& row);

// The same for an upload whose time is over, looked at again in the transaction that ends it: it may have been
// completed since it was listed, and its bytes are then a blob's. False: it was, or it lives on.
[[nodiscard]] Task<Result<bool>> discard_if_expired(Services& services, const model::UploadId& id);

// Removes bytes that a transaction declared superfluous, then their entries.
[[nodiscard]] Task<Result<std::size_t>> remove_discarded(Services& services, std::span<const std::string> keys);

}  // namespace berth::registry
