// A repository's blob as a stream, for the server itself: nobody's right is asked for and nothing is counted as a pull.
#pragma once

#include "async/byte_source.hpp"
#include "model/repository.hpp"
#include "registry/services.hpp"

#include <memory>

namespace berth::scanning {

// blob_not_found: the repository has no such blob. The source fails with `unavailable` where the bytes are fewer than
// the metadata says. Its reads go to the blob store; the services outlive it.
[[nodiscard]] Task<Result<std::unique_ptr<ByteSource>>> open_blob(registry::Services& services,
                                                                  model::RepositoryId repository, model::Digest digest);

}  // namespace berth::scanning
