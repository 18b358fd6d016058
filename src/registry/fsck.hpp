// Proves the store: every image's manifest and blobs are there, with the right size and, when asked for, the right
// content, whether it is in a repository or in the recycle bin. It finds bytes that nothing names, and says what is
// lost. For a store that nobody else works on.
//
// Repairing never destroys anything: what is damaged or named by nothing is moved aside in the blob store, and a
// damaged blob is forgotten, so that it is not served and the next push of the same digest brings it back. A damaged
// manifest takes its image along. Images whose blobs are lost stay, and are named until the blob is pushed again or
// they are deleted.
#pragma once

#include "async/task.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "registry/call.hpp"
#include "store/blob_store.hpp"
#include "store/metadata.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::registry {

struct FsckProgress {
    std::uint64_t images = 0;
    std::uint64_t blobs = 0;
    std::uint64_t bytes = 0;  // read to compute digests
};

enum class Digests : bool { trust, compute };
enum class Repair : bool { no, yes };

struct FsckOptions {
    Digests digests = Digests::trust;
    Repair repair = Repair::no;
    std::function<void(const FsckProgress&)> progress = nullptr;  // called often
};

enum class Damage : std::uint8_t {
    missing,        // there are no bytes, or the repository has the blob no longer
    unreadable,     // the storage cannot read it
    wrong_size,     // shorter or longer than its row says
    wrong_content,  // the bytes have another digest: bit rot
};
[[nodiscard]] std::string_view to_text(Damage damage);

enum class Whereabouts : std::uint8_t { repository, recycle_bin };

// An image that cannot be pulled as a whole, or, out of the recycle bin, not be restored as one.
struct LostImage {
    RepositoryRef repository;
    model::Digest digest;
    std::vector<model::Tag> tags;
    model::Digest damaged;  // the blob it misses, or the image's own digest: its manifest
    Damage damage = Damage::missing;
    Whereabouts where = Whereabouts::repository;
};

struct DamagedBlob {
    model::Digest digest;
    std::uint64_t size = 0;  // as it should be
    Damage damage = Damage::missing;
    std::string key;  // where its bytes are, or were moved aside; empty: in the metadata
};

// A manifest that names a blob or a child with a size it has not: the more careful clients refuse to pull it. Docker
// pushed such lists (docker/cli#1156), so a push is not refused for it.
struct FalseSize {
    RepositoryRef repository;
    model::Digest digest;
    std::vector<model::Tag> tags;
    model::Digest named;
    std::uint64_t size = 0;         // what the manifest says
    std::uint64_t actual_size = 0;  // what it is
};

// What repairing could not set aside: a digest, or an orphan's name.
struct FsckFailure {
    std::string what;
    std::string why;
};

struct FsckReport {
    FsckProgress checked;
    std::vector<DamagedBlob> blobs;  // whether or not an image needs them
    std::vector<LostImage> images;   // one entry for each (image, damaged thing)
    std::vector<FalseSize> false_sizes;
    std::vector<std::string> orphans;  // what lies in the blob store and nothing names
    std::vector<FsckFailure> failures;
    Repair repaired = Repair::no;

    // Orphans cost space and harm nobody; a false size is what a client pushed, and is served as it was.
    [[nodiscard]] bool whole() const { return blobs.empty() && images.empty(); }
};

// What fsck works with; everything outlives the task.
struct FsckStores {
    store::Metadata& metadata;
    store::BlobStore& blobs;
    const Clock& clock;
    Random& random;
};

// A Fault: it could not be brought to its end. What cannot be repaired does not end it. Memory grows with the number of
// file blobs (their keys) and with the damage, not with the number of images.
[[nodiscard]] Task<Result<FsckReport>> fsck(FsckStores stores, FsckOptions options);

}  // namespace berth::registry
