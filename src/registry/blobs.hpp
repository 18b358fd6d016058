// Use cases of blobs that are there: stat, read, delete.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/blob_store.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace berth::registry {

// An open blob: its bytes in memory, or a reader of the blob store. Exactly one of the two is set.
struct OpenBlob {
    model::Blob blob;
    std::shared_ptr<const std::string> bytes;
    std::shared_ptr<store::BlobReader> reader;
};

struct LayerAvailability {
    model::Digest digest;
    std::optional<std::uint64_t> size;  // nullopt: UNAVAILABLE
    bool archived = false;              // only archived images have it: nobody can pull it
    std::string media_type;
};

class Blobs {
public:
    explicit Blobs(Services& services) : services_(services) {}

    // Action ecr:BatchCheckLayerAvailability.
    Task<Result<model::Blob>> stat(const Call& call, const RepositoryRef& repository, const model::Digest& digest);
    Task<Result<std::vector<LayerAvailability>>> availability(const Call& call, RepositoryRef repository,
                                                              std::vector<model::Digest> digests);
    // Action ecr:GetDownloadUrlForLayer.
    Task<Result<OpenBlob>> open(const Call& call, const RepositoryRef& repository, const model::Digest& digest);
    // The same rights, for a download link: blob_not_found, or layer_inaccessible when no image names the blob.
    Task<Result<model::Blob>> downloadable(const Call& call, RepositoryRef repository, model::Digest digest);
    // Action ecr:BatchDeleteImage. Takes the blob out of the repository; blob_referenced while a manifest names it.
    Task<Result<void>> remove(const Call& call, RepositoryRef repository, model::Digest digest);

private:
    Services& services_;
};

}  // namespace berth::registry
