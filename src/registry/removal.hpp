// Removing images and tags: the one way out of a repository, whoever asks for it.
//
//   Removal removal(services, tx, repository, id, model::by_lifecycle_rule(priority));
//   auto gone = removal.image(image);                       // inside the transaction
//   ...
//   forget_removed(services.cache, id, removal.taken());    // after it was committed
#pragma once

#include "base/result.hpp"
#include "model/cause.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <span>
#include <vector>

namespace berth::registry {

struct DeletedImage {
    model::ImageIdentifier id;  // one for each (digest, tag) pair that went
};

// What deleting a tag means when it was the image's last.
enum class LastTag : std::uint8_t {
    takes_the_image,  // ECR
    leaves_the_image  // Distribution API
};

// What the removals of one transaction took, for forget_removed().
struct Taken {
    std::vector<model::ImageIdentifier> pairs;  // every (digest, tag) that went, in order
    std::vector<model::Digest> superfluous;     // blobs that nothing in the repository needs any more
};

// The removals of one transaction in one repository, all of one cause. Each writes its event, and an image goes to the
// recycle bin when Settings::recycle_bin says so. Lives inside the transaction; a copy of taken() may outlive it.
class Removal {
public:
    // All references outlive this.
    Removal(Services& services, store::Transaction& tx, const RepositoryRef& repository, model::RepositoryId id,
            model::Cause cause);

    // The image and its tags. Without tags what went is its digest alone. image_referenced, and nothing is done, when
    // an index of the repository names it and Settings::delete_referenced is off.
    Result<std::vector<DeletedImage>> image(const model::Image& image);
    // One tag of the image; faults as above, when it takes the image along.
    Result<std::vector<DeletedImage>> tag(const model::Image& image, const model::Tag& tag, LastTag last_tag);

    [[nodiscard]] const Taken& taken() const { return taken_; }

private:
    void take(std::vector<DeletedImage>& deleted, const model::Image& image, const model::Tag* tag);
    [[nodiscard]] std::vector<model::Tag> tags_taken_from(const model::Image& image) const;

    Services& services_;
    store::Transaction& tx_;
    const RepositoryRef& repository_;
    model::RepositoryId id_;
    model::Cause cause_;
    Taken taken_;
};

// Takes what was removed out of memory, once the transaction is committed.
void forget_removed(ReadCache& cache, model::RepositoryId repository, const Taken& taken);
// Memory still says of these blobs that an image needs them.
void forget_needed(ReadCache& cache, model::RepositoryId repository, std::span<const model::Digest> superfluous);

}  // namespace berth::registry
