// Moving images to the archive and back. An archived image keeps everything but can be pulled by nobody; restoring it
// takes a while, pushing it again brings it back at once.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/cause.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <cstdint>
#include <vector>

namespace berth::registry {

enum class StorageClass : std::uint8_t { standard, archive };

// Thread-safe; lives as long as the services it was given.
class StorageClasses {
public:
    explicit StorageClasses(Services& services) : services_(services) {}

    // Action ecr:UpdateImageStorageClass. The image as it is then: archived, or activating for a while.
    // image_not_found; storage_class_fixed when its status or an index that names it forbids it.
    Task<Result<model::Image>> update(const Call& call, RepositoryRef repository, model::ImageIdentifier id,
                                      StorageClass target);
    // For the job: ends the activation, if the image still waits for it.
    Task<Result<void>> activate(model::ImageRowId image);

private:
    Services& services_;
};

// What caches must forget of an image whose status changed, once the transaction is committed.
struct StatusChange {
    model::Image image;
    std::vector<model::Tag> tags;
    std::vector<model::Digest> blobs;
    bool scan_waits = false;  // one was asked for: ring the bell as well
};
void forget_status(ReadCache& cache, const StatusChange& change);

// Inside a transaction. image_referenced while an index that is not archived names it: nobody could pull that.
[[nodiscard]] Result<StatusChange> archive_image(Services& services, store::Transaction& tx,
                                                 const RepositoryRef& repository, const model::Image& image,
                                                 const model::Cause& cause);
// An archived or activating image becomes active; its event says when. Its followers are expected in both cases.
StatusChange activate_image(Services& services, store::Transaction& tx, const RepositoryRef& repository,
                            const model::Image& image);

}  // namespace berth::registry
