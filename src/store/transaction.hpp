// What can be done inside one metadata transaction, a table family each. All functions are synchronous; a broken
// database throws (the transaction is then rolled back and its caller sees `unavailable`), a caller's condition is a
// value. Pages: `after` is exclusive, results ascend, at most `limit` come back.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/cause.hpp"
#include "model/image.hpp"
#include "model/names.hpp"
#include "model/repository.hpp"
#include "store/inventory_table.hpp"
#include "store/lifecycle_table.hpp"
#include "store/scan_table.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::store {

enum class Inserted : bool { no, yes };

class RepositoryTable {
public:
    virtual ~RepositoryTable() = default;
    [[nodiscard]] virtual std::optional<model::Repository> find(const model::Registry&,
                                                                const model::RepositoryName&) = 0;
    // By name, ascending.
    [[nodiscard]] virtual std::vector<model::Repository> page(const model::Registry&, std::string_view after,
                                                              std::size_t limit) = 0;
    // Inserted::no: a repository of that name is there.
    [[nodiscard]] virtual Inserted insert(const model::Repository&) = 0;
    // nullopt as well when it is marked as deleted.
    [[nodiscard]] virtual std::optional<model::Repository> find(model::RepositoryId) = 0;
    virtual void set_tag_mutability(model::RepositoryId, const model::TagMutabilityRule&) = 0;
    virtual void set_scan_on_push(model::RepositoryId, bool) = 0;
    // Frees the name at once; what the repository holds is removed later, by purge().
    virtual void mark_deleted(model::RepositoryId, Timestamp now) = 0;
    // Removes at most `limit` rows of repositories marked as deleted, images first; returns how many went.
    // 0: nothing is left to purge.
    [[nodiscard]] virtual std::size_t purge(std::size_t limit) = 0;

    [[nodiscard]] virtual std::vector<model::ResourceTag> resource_tags(model::RepositoryId) = 0;
    // Adds or overwrites one.
    virtual void put_resource_tag(model::RepositoryId, const model::ResourceTag&) = 0;
    virtual void erase_resource_tag(model::RepositoryId, std::string_view key) = 0;
};

enum class TagStatusFilter : std::uint8_t { any, tagged, untagged };

struct ImageFilter {
    TagStatusFilter tag_status = TagStatusFilter::any;
    std::optional<model::ImageStatus> status;  // nullopt: every status
};

struct TaggedImage {
    model::Image image;
    std::vector<model::Tag> tags;                  // oldest first
    std::optional<ImageScan> scan = std::nullopt;  // where a use case shows it; the table leaves it empty
};

// One (digest, tag) pair; an untagged image has one entry without a tag.
struct ImageEntry {
    model::Digest digest;
    std::optional<model::Tag> tag;
};

// Where a page of entries goes on: after this digest and, within it, after this tag.
struct ImageEntryPosition {
    std::string digest;
    std::string tag;
};

struct NewImage {
    model::Image image;
    std::string_view manifest;             // its exact bytes
    std::vector<model::Descriptor> blobs;  // config and layers that must be kept for it
    std::vector<model::Digest> children;   // manifests an index names (present or not)
};

class ImageTable {
public:
    virtual ~ImageTable() = default;
    [[nodiscard]] virtual std::optional<model::Image> find(model::RepositoryId, const model::Digest&) = 0;
    [[nodiscard]] virtual std::optional<model::Image> find(model::RepositoryId, const model::Tag&) = 0;
    [[nodiscard]] virtual std::optional<model::Image> find(model::ImageRowId) = 0;
    // Whether any repository of any registry has it, be it in its recycle bin. A lookup for each repository.
    [[nodiscard]] virtual bool is_anywhere(const model::Digest&) = 0;
    // The row of the image is there; an absent manifest is a bug and throws.
    [[nodiscard]] virtual std::string manifest(model::ImageRowId) = 0;
    // For fsck, which takes nothing for granted.
    [[nodiscard]] virtual std::optional<std::string> find_manifest(model::ImageRowId) = 0;
    [[nodiscard]] virtual bool any(model::RepositoryId) = 0;

    // The digest must not be there yet.
    virtual void insert(const NewImage&) = 0;
    // The row, its tags and its references. Blobs that no image of the repository needs any more are to be reviewed
    // at `review_at`; they come back.
    virtual std::vector<model::Digest> erase(model::ImageRowId, Timestamp review_at) = 0;
    virtual void set_last_pulled(model::ImageRowId, Timestamp) = 0;
    // Archived and active images also keep when they became so.
    virtual void set_status(model::ImageRowId, model::ImageStatus, Timestamp now) = 0;
    // Config and layers, each once.
    [[nodiscard]] virtual std::vector<model::Digest> blobs(model::ImageRowId) = 0;

    // Oldest first.
    [[nodiscard]] virtual std::vector<model::Tag> tags(model::ImageRowId) = 0;
    [[nodiscard]] virtual std::size_t count_tags(model::ImageRowId) = 0;
    // Creates the tag or moves it here.
    virtual void put_tag(model::RepositoryId, const model::Tag&, model::ImageRowId, Timestamp now) = 0;
    virtual void erase_tag(model::RepositoryId, const model::Tag&) = 0;
    // Tag names of active images, in byte order.
    [[nodiscard]] virtual std::vector<std::string> tag_page(model::RepositoryId, std::string_view after,
                                                            std::size_t limit) = 0;

    // What the index names and the repository has, by digest; none of what is no index.
    [[nodiscard]] virtual std::vector<model::Image> children(model::ImageRowId) = 0;
    // Digests of the indexes in the repository that name this digest.
    [[nodiscard]] virtual std::vector<model::Digest> parents(model::RepositoryId, const model::Digest& child) = 0;
    // By digest.
    [[nodiscard]] virtual std::vector<TaggedImage> page(model::RepositoryId, const ImageFilter&,
                                                        std::string_view after_digest, std::size_t limit) = 0;
    // By digest, then tag.
    [[nodiscard]] virtual std::vector<ImageEntry> entry_page(model::RepositoryId, const ImageFilter&,
                                                             const ImageEntryPosition& after, std::size_t limit) = 0;
    // Of all repositories, by row id.
    [[nodiscard]] virtual std::vector<model::Image> page(model::ImageRowId after, std::size_t limit) = 0;
    // Active manifests whose subject is this digest, by digest, with their annotations. An empty artifact_type takes
    // all. Fewer than `limit` where the annotations are large; only an empty page is the end.
    [[nodiscard]] virtual std::vector<model::Image> referrers(model::RepositoryId, const model::Digest& subject,
                                                              std::string_view artifact_type,
                                                              std::string_view after_digest, std::size_t limit) = 0;

    // All images whose subject is this digest, whatever their status, by digest.
    [[nodiscard]] virtual std::vector<model::Image> followers(model::RepositoryId, const model::Digest& subject,
                                                              std::string_view after_digest, std::size_t limit) = 0;

    // Every image of the repository, whatever its status, by digest; it takes as long as the repository is large.
    virtual void survey(model::RepositoryId, const SurveyImage&) = 0;
    // Everything its indexes name.
    virtual void survey_children(model::RepositoryId, const SurveyChild&) = 0;
};

// An image that was removed and can still come back, as it was.
struct BinnedImage {
    model::Image image;
    std::vector<model::Tag> tags;  // oldest first
    Timestamp deleted_at;
    model::Cause cause;
};

// Where a page of the bin goes on: pages descend from the latest deletion to the oldest.
struct BinPosition {
    Timestamp deleted_at = Timestamp::max();
    std::int64_t id = 0;
};

// Where a page of a registry's bin came from.
struct BinEntry {
    model::RepositoryName repository;
    BinnedImage binned;
};

// A blob as one repository has it.
struct HeldBlob {
    model::RepositoryId repository{};
    model::Digest digest;
};

// The recycle bin. A digest is in a repository's bin at most once; it may be in the repository at the same time, when
// it was pushed again. The blobs of an image in the bin are kept, whether its repository still has them or not.
class BinTable {
public:
    virtual ~BinTable() = default;
    // Takes the image out of its repository, with its tags and `lost_tags` (which it had and lost just before). The
    // digest's older entry, if there is one, is erased.
    virtual void put(model::ImageRowId, std::span<const model::Tag> lost_tags, const model::Cause&, Timestamp now) = 0;
    [[nodiscard]] virtual std::optional<BinnedImage> find(model::RepositoryId, const model::Digest&) = 0;
    // The latest deleted of those that had the tag.
    [[nodiscard]] virtual std::optional<BinnedImage> find(model::RepositoryId, const model::Tag&) = 0;
    [[nodiscard]] virtual std::optional<BinnedImage> find(model::ImageRowId) = 0;
    // Those whose subject is this digest and that were deleted when it was or later, the oldest first.
    [[nodiscard]] virtual std::vector<BinnedImage> followers(model::RepositoryId, const model::Digest& subject,
                                                             Timestamp deleted_since, std::size_t limit) = 0;
    [[nodiscard]] virtual std::string manifest(model::ImageRowId) = 0;
    // For fsck, which takes nothing for granted.
    [[nodiscard]] virtual std::optional<std::string> find_manifest(model::ImageRowId) = 0;
    [[nodiscard]] virtual std::vector<BinnedImage> page(model::RepositoryId, const BinPosition& after,
                                                        std::size_t limit) = 0;
    // Of all repositories of the registry.
    [[nodiscard]] virtual std::vector<BinEntry> page(const model::Registry&, const BinPosition& after,
                                                     std::size_t limit) = 0;
    // For good. Its blobs that nothing in the repository needs any more are to be reviewed at `review_at`; they come
    // back.
    virtual std::vector<model::Digest> erase(model::ImageRowId, Timestamp review_at, Timestamp now) = 0;
    // Those that were deleted before `before`, the oldest first.
    [[nodiscard]] virtual std::vector<model::Image> due(Timestamp before, std::size_t limit) = 0;
    // All there are, of all repositories, by row id.
    [[nodiscard]] virtual std::vector<model::Image> page(model::ImageRowId after, std::size_t limit) = 0;
};

enum class ReviewOutcome : std::uint8_t {
    early,     // not due (any more), or the repository has it not: nothing was changed
    needed,    // an image needs it; it is in the queue no longer
    unlinked,  // it left the repository
};

// A blob whose last repository let go of it: its rows are gone, its key is a discarded one.
struct ForgottenBlob {
    std::string key;  // empty: the bytes were inline and went with the rows
    std::uint64_t size = 0;
};

struct Reviewed {
    ReviewOutcome outcome = ReviewOutcome::early;
    std::optional<ForgottenBlob> forgotten;
};

// That an image needs a blob, and whether it is there: in its repository; anywhere, for an image in the recycle bin.
struct BlobNeed {
    model::RepositoryId repository{};
    model::Digest digest;
    model::ImageRowId image{};
    bool held = false;
};

struct BlobNeedPosition {
    model::RepositoryId repository{};
    std::string digest;
    model::ImageRowId image{};
};

// Bytes live as long as a repository has the blob. A blob stays in a repository while an image of it needs the blob;
// one that none needs stays until its review: a time in its row, later than now by the grace that clients are promised
// after they were told "it is here". A row without that time says that an image needs the blob.
class BlobTable {
public:
    virtual ~BlobTable() = default;
    // Anywhere in this server, whoever owns it.
    [[nodiscard]] virtual std::optional<model::Blob> find(const model::Digest&) = 0;
    // Only when the repository has it, with its time of review. Inline bytes are not read.
    [[nodiscard]] virtual std::optional<model::Blob> find(model::RepositoryId, const model::Digest&) = 0;
    // The bytes of an inline blob.
    [[nodiscard]] virtual std::optional<std::string> inline_bytes(const model::Digest&) = 0;
    // Inserted::no: these bytes are there already, under their own location. Inline bytes are stored from
    // location.inline_bytes when location.key is empty.
    [[nodiscard]] virtual Inserted insert(const model::Blob&, Timestamp now) = 0;
    // Makes the blob part of the repository, to be reviewed at `review_at`; doing it again postpones the review.
    virtual void link(model::RepositoryId, const model::Digest&, Timestamp now, Timestamp review_at) = 0;
    // Takes it out of the repository, whatever needs it; its bytes stay for images in the recycle bin.
    virtual std::optional<ForgottenBlob> unlink(model::RepositoryId, const model::Digest&, Timestamp now) = 0;
    // Do manifests of the repository name it, and is none of them active?
    [[nodiscard]] virtual bool archived(model::RepositoryId, const model::Digest&) = 0;
    // Does an image of the repository need it? The recycle bin does not count: its images are not there.
    [[nodiscard]] virtual bool referenced(model::RepositoryId, const model::Digest&) = 0;
    // No review before `review_at`. false: the repository has it not.
    [[nodiscard]] virtual bool postpone_review(model::RepositoryId, const model::Digest&, Timestamp review_at) = 0;
    // The ones that wait longest, at most `limit`.
    [[nodiscard]] virtual std::vector<HeldBlob> due_reviews(Timestamp now, std::size_t limit) = 0;
    // Does what the review of one blob comes to.
    virtual Reviewed review(const HeldBlob&, Timestamp now) = 0;
    // Repositories of the registry that have it, at most `limit`.
    [[nodiscard]] virtual std::vector<model::Repository> holders(const model::Registry&, const model::Digest&,
                                                                 std::size_t limit) = 0;

    // For fsck, which asks everything there is. All blobs, by digest; inline bytes are not read.
    [[nodiscard]] virtual std::vector<model::Blob> page(std::string_view after_digest, std::size_t limit) = 0;
    // What images need, by repository, digest and image.
    [[nodiscard]] virtual std::vector<BlobNeed> needs(const BlobNeedPosition& after, std::size_t limit) = 0;
    // What images in the recycle bin need, by digest, repository and image.
    [[nodiscard]] virtual std::vector<BlobNeed> bin_needs(const BlobNeedPosition& after, std::size_t limit) = 0;
    // As if it had never been pushed: no repository has it. Its key is the caller's to look after.
    virtual void forget(const model::Digest&) = 0;

    // Keys of the blob store whose bytes nothing needs any more: written in the transaction that makes them
    // superfluous, removed after the bytes went.
    virtual void discard_key(std::string_view key, Timestamp now) = 0;
    [[nodiscard]] virtual std::vector<std::string> discarded_keys(std::size_t limit) = 0;
    [[nodiscard]] virtual bool is_discarded(std::string_view key) = 0;
    virtual void forget_discarded_key(std::string_view key) = 0;
};

// A running upload. How many bytes it has is the blob store's knowledge.
struct Upload {
    model::UploadId id;
    model::RepositoryId repository{};
    std::string principal_arn;  // only this principal may go on with it
    std::string key;            // where its bytes go
    Timestamp created_at;
    Timestamp expires_at;
    // ECR's part rules: how many bytes the last part had, and whether a part under 5 MiB was followed by another.
    std::uint64_t last_part_bytes = 0;
    bool short_part_followed = false;
};

class UploadTable {
public:
    virtual ~UploadTable() = default;
    [[nodiscard]] virtual std::optional<Upload> find(const model::UploadId&) = 0;
    virtual void insert(const Upload&) = 0;
    // expires_at and the part fields.
    virtual void update(const Upload&) = 0;
    // The row and its bytes.
    virtual void erase(const model::UploadId&) = 0;
    // The bytes of an upload that is still small; empty: none are kept.
    virtual void put_bytes(const model::UploadId&, std::string_view bytes) = 0;
    [[nodiscard]] virtual std::string bytes(const model::UploadId&) = 0;
    [[nodiscard]] virtual std::vector<Upload> expired(Timestamp now, std::size_t limit) = 0;
    [[nodiscard]] virtual std::size_t count(model::RepositoryId) = 0;
};

// A committed change, told to whoever acts on it later (scanning, replication, webhooks).
struct Event {
    std::int64_t id = 0;
    model::Registry registry;
    std::string kind;  // registry/events.hpp names them
    std::string repository;
    std::string digest;      // of an image; else empty
    std::string tag;         // of an image that was named by one; else empty
    std::string media_type;  // of an image; else empty
    Timestamp at;
    model::Cause cause = {};  // of an image that went or came back
    std::string detail = {};  // what the other members cannot say, as JSON; else empty
};

class OutboxTable {
public:
    virtual ~OutboxTable() = default;
    virtual void append(const Event&) = 0;
    [[nodiscard]] virtual std::vector<Event> page(std::int64_t after, std::size_t limit) = 0;
    // Removes at most `limit` events older than `before`; returns how many went.
    [[nodiscard]] virtual std::size_t trim(Timestamp before, std::size_t limit) = 0;

    // How far whoever acts on events has come, by a name of its own: the last event it is done with. 0: none yet.
    [[nodiscard]] virtual std::int64_t reached(std::string_view reader) = 0;
    virtual void set_reached(std::string_view reader, std::int64_t event) = 0;
};

struct Job {
    std::int64_t id = 0;
    std::string kind;  // "upload-sweep" ...
    std::string key;   // (kind, key) is unique: enqueueing twice is enqueueing once
    std::string payload;
    Timestamp run_at;  // not before
    int attempts = 0;
    std::string last_error;
};

class JobTable {
public:
    virtual ~JobTable() = default;
    // Inserted::no: it is there already. One that waits stays as it is; one that is running will run again, not before
    // job.run_at, with job.payload.
    [[nodiscard]] virtual Inserted enqueue(const Job&) = 0;
    // The due job that waited longest, leased to `owner` until `until`; an expired lease counts as none.
    [[nodiscard]] virtual std::optional<Job> claim(std::string_view owner, Timestamp now, Timestamp until) = 0;
    // All three do nothing when `owner` does not hold the lease (any more), and say so by false.
    virtual bool extend(std::int64_t id, std::string_view owner, Timestamp until) = 0;
    // The row goes, or, when the job was enqueued again since it was claimed for `claimed_for` (its run_at), waits
    // again.
    virtual bool finish(std::int64_t id, std::string_view owner, Timestamp claimed_for) = 0;
    // Gives the lease back; the job runs again at job.run_at with job.attempts and job.last_error kept.
    virtual bool retry(const Job&, std::string_view owner) = 0;
    [[nodiscard]] virtual std::optional<Timestamp> next_due() = 0;
};

struct AccessKey {
    std::string id;  // AKIA...
    std::string principal_arn;
    model::AccountId account;
    std::string user_id;
    std::string sealed_secret;  // encrypted with the server's key; base64
    Timestamp created_at;
};

class CredentialTable {
public:
    virtual ~CredentialTable() = default;
    [[nodiscard]] virtual std::optional<AccessKey> find(std::string_view access_key_id) = 0;
    // Adds or replaces.
    virtual void put(const AccessKey&) = 0;
    // Removes every key of the principal but this one.
    virtual void erase_others(std::string_view principal_arn, std::string_view kept_id) = 0;
    // Small named values every node must agree on (the sealed token key). First writer wins; returns the winner.
    [[nodiscard]] virtual std::string put_setting_if_absent(std::string_view name, std::string_view value) = 0;
};

// Lives only during the function it was handed to, on that function's thread.
class Transaction {
public:
    Transaction() = default;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    virtual ~Transaction() = default;

    virtual RepositoryTable& repositories() = 0;
    virtual ImageTable& images() = 0;
    virtual BinTable& bin() = 0;
    virtual BlobTable& blobs() = 0;
    virtual LifecycleTable& lifecycle() = 0;
    virtual ScanTable& scans() = 0;
    virtual InventoryTable& inventories() = 0;
    virtual UploadTable& uploads() = 0;
    virtual OutboxTable& outbox() = 0;
    virtual JobTable& jobs() = 0;
    virtual CredentialTable& credentials() = 0;
};

}  // namespace berth::store
