// Use cases of images: put, get, list, describe, delete, referrers.
#pragma once

#include "async/task.hpp"
#include "base/result.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/read_cache.hpp"
#include "registry/removal.hpp"
#include "registry/services.hpp"
#include "store/transaction.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace berth::registry {

// What happens when this digest already stands under this tag (or, without a tag, in the repository).
enum class SamePush : std::uint8_t {
    is_an_error,               // the ECR API: image_exists
    succeeds_unless_immutable  // the Distribution API; Settings::immutable_repush may allow that too
};

struct NewManifest {
    std::string bytes;
    std::optional<std::string> media_type;         // of the request; else the document's own
    std::optional<model::Digest> expected_digest;  // digest_mismatch when the bytes have another
    std::vector<model::Tag> tags;                  // none: pushed by digest
    SamePush same_push = SamePush::is_an_error;
    bool subject_must_be_there = false;  // image_not_found unless the repository has it, active
};

struct PutImageOutcome {
    model::Image image;
    std::optional<model::Digest> subject;
};

// One of the results of a batch call: what was asked, and what came of it.
struct ImageFailure {
    std::string code;  // ImageNotFound, InvalidImageDigest, ...
    std::string reason;
};

struct FoundImage {
    model::ImageRowId image{};
    model::ImageIdentifier id;
    std::string manifest;
    std::string media_type;
};

class Images {
public:
    explicit Images(Services& services) : services_(services) {}

    // Action ecr:PutImage.
    Task<Result<PutImageOutcome>> put(const Call& call, RepositoryRef repository, NewManifest manifest);
    // Action ecr:BatchGetImage. Served from memory when it was asked for before. `counts_as_pull`: HEAD does not.
    enum class Pull : bool { no, yes };
    Task<Result<std::shared_ptr<const StoredManifest>>> get(const Call& call, const RepositoryRef& repository,
                                                            const model::Reference& reference, Pull counts_as_pull);
    // Action ecr:BatchGetImage. Each id gives images (by digest: one for each tag) or one failure, in order.
    // limit_exceeded for the whole call when the manifests are too much for one answer.
    using FoundOrFailure = std::variant<std::vector<FoundImage>, ImageFailure>;
    Task<Result<std::vector<FoundOrFailure>>> get_batch(const Call& call, RepositoryRef repository,
                                                        std::vector<model::ImageIdentifier> ids,
                                                        std::vector<std::string> accepted_media_types);
    // Action ecr:BatchDeleteImage. Each id gives what went (nothing, when an earlier id of the call already took
    // it) or one failure.
    using DeletedOrFailure = std::variant<std::vector<DeletedImage>, ImageFailure>;
    Task<Result<std::vector<DeletedOrFailure>>> remove_batch(const Call& call, RepositoryRef repository,
                                                             std::vector<model::ImageIdentifier> ids, LastTag last_tag);
    // Action ecr:BatchDeleteImage, for the Distribution API: a digest takes the image, a tag only itself.
    Task<Result<void>> remove(const Call& call, RepositoryRef repository, model::Reference reference);

    // Action ecr:ListImages.
    Task<Result<std::shared_ptr<const TagNames>>> tag_page(const Call& call, const RepositoryRef& repository,
                                                           std::string_view after, std::size_t limit);
    Task<Result<std::vector<store::ImageEntry>>> entry_page(const Call& call, RepositoryRef repository,
                                                            store::ImageFilter filter, store::ImageEntryPosition after,
                                                            std::size_t limit);
    // Action ecr:DescribeImages.
    Task<Result<std::vector<store::TaggedImage>>> page(const Call& call, RepositoryRef repository,
                                                       store::ImageFilter filter, std::string after_digest,
                                                       std::size_t limit);
    // image_not_found for the whole call when one is missing. Each image once, in the order first asked for.
    Task<Result<std::vector<store::TaggedImage>>> describe(const Call& call, RepositoryRef repository,
                                                           std::vector<model::ImageIdentifier> ids);
    // Action ecr:BatchGetImage. Manifests whose subject is `subject`; none is an empty page, not a
    // fault, and only an empty page is the end.
    Task<Result<std::vector<model::Image>>> referrers(const Call& call, RepositoryRef repository, model::Digest subject,
                                                      std::string artifact_type, std::string after_digest,
                                                      std::size_t limit);

private:
    void note_pull(const StoredManifest& manifest);
    void forget_tags(model::RepositoryId repository, std::span<const model::Tag> tags);

    Services& services_;
};

}  // namespace berth::registry
