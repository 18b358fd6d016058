// Images (manifests and what the registry knows of them) and blobs, as values.
#pragma once

#include "base/clock.hpp"
#include "model/digest.hpp"
#include "model/names.hpp"
#include "model/repository.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace berth::model {

// Row id of an image; grows with the time of its first push, so it also orders equal push times.
enum class ImageRowId : std::int64_t {};

enum class ImageStatus : std::uint8_t { active, archived, activating };

// What a manifest points at. `urls` are only kept to tell non-distributable layers.
struct Descriptor {
    std::string media_type;
    Digest digest;
    std::uint64_t size = 0;
};

// One stored manifest with everything DescribeImages says of it, but for its tags and its bytes.
struct Image {
    ImageRowId id{};
    RepositoryId repository{};
    Digest digest;
    std::string media_type;
    std::optional<std::string> artifact_type;  // artifactType, else the config's media type
    std::uint64_t manifest_size = 0;           // bytes of the manifest itself
    std::uint64_t image_size = 0;              // config + layers; an index: its largest child
    std::optional<Digest> subject;
    std::string annotations_json;  // of a manifest being stored and in lists of referrers; else empty
    Timestamp pushed_at;
    std::optional<Timestamp> last_pulled_at;
    ImageStatus status = ImageStatus::active;
    std::optional<Timestamp> last_archived_at;
    std::optional<Timestamp> last_activated_at;  // restored from the archive
};

// How a caller names an image: by tag, by digest, or by both (which then must agree).
struct ImageIdentifier {
    std::optional<Digest> digest;
    std::optional<Tag> tag;
    friend bool operator==(const ImageIdentifier&, const ImageIdentifier&) = default;
};

// <reference> of the Distribution API.
using Reference = std::variant<Tag, Digest>;

// Where a blob's bytes are: in the metadata itself (small ones), or in the blob store under a key.
struct BlobLocation {
    std::string key;                                  // empty: inline
    std::shared_ptr<const std::string> inline_bytes;  // set exactly when key is empty and the bytes were asked for
};

struct Blob {
    Digest digest;
    std::uint64_t size = 0;
    BlobLocation location;
    // Of a blob as one repository has it: from when on it may go if no image needs it; nullopt: one does.
    std::optional<Timestamp> review_at = std::nullopt;
};

}  // namespace berth::model
