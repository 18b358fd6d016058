// Bringing images back from the recycle bin, inside one transaction.
#pragma once

#include "oci/manifest.hpp"
#include "registry/recycle_bin.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace berth::registry {

// The restorations of one call in one repository. All references outlive it.
class Restoration {
public:
    Restoration(Services& services, store::Transaction& tx, const RepositoryRef& repository,
                const model::Repository& row, model::Cause cause, TagConflict tag_conflict)
        : services_(services),
          tx_(tx),
          repository_(repository),
          row_(row),
          cause_(std::move(cause)),
          tag_conflict_(tag_conflict) {}

    // All or nothing: every check is made before the first change.
    [[nodiscard]] RecycleBin::RestoredOrFailure restore(const model::ImageIdentifier& id);
    // Every (digest, tag) pair that is back.
    [[nodiscard]] const std::vector<DeletedImage>& restored() const { return restored_; }
    // Of what came back, something is to be scanned.
    [[nodiscard]] bool scan_waits() const { return scan_waits_; }

private:
    // One image that comes back; its manifest is read again when it does, so that a plan stays small.
    struct Step {
        store::BinnedImage binned;
        std::vector<model::Tag> tags;  // those that come back
    };
    struct Plan {
        std::vector<Step> steps;  // an index before its children
        std::set<std::string> digests;
        std::uint64_t manifest_bytes = 0;
    };
    using Problem = std::optional<ImageFailure>;

    // An image that is back, and since when it had been away.
    struct Left {
        model::Digest digest;
        Timestamp deleted_at;
    };

    // With its children, or nothing is done. What came back is added to `left`.
    Problem restore_whole(store::BinnedImage root, TagConflict tag_conflict, std::vector<Left>& left);
    void restore_followers(const Left& subject, std::vector<Left>& left);
    [[nodiscard]] Problem plan_image(Plan& plan, std::size_t step, TagConflict tag_conflict);
    [[nodiscard]] Problem plan_tags(Step& step, TagConflict tag_conflict);
    [[nodiscard]] Problem plan_blobs(const model::Image& image, const std::vector<model::Descriptor>& blobs);
    [[nodiscard]] Problem plan_children(Plan& plan, const std::vector<model::Descriptor>& children);
    void bring_back(const Step& step);
    void insert(const model::Image& image, const std::string& bytes, const oci::Manifest& manifest);

    Services& services_;
    store::Transaction& tx_;
    const RepositoryRef& repository_;
    const model::Repository& row_;
    model::Cause cause_;
    TagConflict tag_conflict_;
    std::size_t images_planned_ = 0;
    std::uint64_t bytes_planned_ = 0;
    std::vector<DeletedImage> restored_;
    bool scan_waits_ = false;
};

// The image in the bin that `id` names, or the failure.
[[nodiscard]] std::variant<store::BinnedImage, ImageFailure> find_binned(store::Transaction& tx,
                                                                         model::RepositoryId repository,
                                                                         const model::ImageIdentifier& id);

// Is one of the pairs what `id` names? An id of a batch that an earlier one has dealt with is no failure.
[[nodiscard]] bool includes(std::span<const DeletedImage> pairs, const model::ImageIdentifier& id);

}  // namespace berth::registry
