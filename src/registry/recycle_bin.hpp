// Use cases of the recycle bin, which ECR does not have: see what was deleted, bring it back, purge it now.
//
// Every image that is removed goes there (registry/removal.hpp) for Settings::recycle_bin and is invisible to
// everything else. A digest that is pushed again is a normal image; its entry stays until it is restored (its tags then
// go to that image), replaced by the next removal, or too old.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "registry/call.hpp"
#include "registry/images.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace berth::registry {

// A tag of an image being restored names another image by now. A tag that may not move is never moved.
enum class TagConflict : std::uint8_t {
    fails,  // the image stays in the bin
    moves,  // the tag goes to the restored image
    skips   // the tag stays where it is
};

// Thread-safe; lives as long as the services it was given. Every function authorises first.
class RecycleBin {
public:
    explicit RecycleBin(Services& services) : services_(services) {}

    // Action berth:ListDeletedImages, on the repository when one is named. The latest deleted first.
    Task<Result<std::vector<store::BinEntry>>> page(const Call& call, model::Registry registry,
                                                    std::optional<model::RepositoryName> repository,
                                                    store::BinPosition after, std::size_t limit);

    // Action berth:RestoreImages. An id names an image of the bin as in other calls; a tag names the latest deleted
    // that had it. Each comes back whole, with its tags, push and pull time, or not at all. The children of an index
    // that are in the bin come back before it, with those of their tags that are free; so do, after it, the referrers
    // that followed it there (or were deleted later), but for those that cannot.
    using Restored = std::vector<DeletedImage>;  // one for each (digest, tag) pair that is back
    using RestoredOrFailure = std::variant<Restored, ImageFailure>;
    Task<Result<std::vector<RestoredOrFailure>>> restore(const Call& call, RepositoryRef repository,
                                                         std::vector<model::ImageIdentifier> ids,
                                                         TagConflict tag_conflict);

    // Action berth:PurgeDeletedImages. For good, before their time.
    Task<Result<std::vector<Images::DeletedOrFailure>>> purge(const Call& call, RepositoryRef repository,
                                                              std::vector<model::ImageIdentifier> ids);
    // The same for all images in the repository's bin, a batch a call.
    struct Purged {
        std::vector<DeletedImage> images;
        bool more = false;  // call again
    };
    Task<Result<Purged>> purge_all(const Call& call, RepositoryRef repository);

    // When an entry deleted at that time is emptied; as the setting is now.
    [[nodiscard]] Timestamp expiry(Timestamp deleted_at) const { return deleted_at + services_.settings.recycle_bin; }
    // For the job: removes at most `limit` entries whose time is up; how many went.
    Task<Result<std::size_t>> empty(std::size_t limit);

private:
    Services& services_;
};

}  // namespace berth::registry
