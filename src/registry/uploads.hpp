// Use cases of uploads: how a blob gets into a repository.
#pragma once

#include "async/byte_source.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "model/image.hpp"
#include "registry/call.hpp"
#include "registry/live_uploads.hpp"
#include "registry/services.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace berth::registry {

// First and last byte of a chunk, both inclusive.
struct ChunkRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

struct UploadRef {
    RepositoryRef repository;
    model::UploadId id;
};

// How ECR's UploadLayerPart and the Distribution API's PATCH differ for the use case: parts are counted.
enum class ChunkKind : std::uint8_t { chunk, part };

class Uploads {
public:
    explicit Uploads(Services& services);
    ~Uploads();
    Uploads(const Uploads&) = delete;
    Uploads& operator=(const Uploads&) = delete;

    // Action ecr:InitiateLayerUpload.
    Task<Result<model::UploadId>> begin(const Call& call, RepositoryRef repository,
                                        std::optional<model::DigestAlgorithm> algorithm);
    // Action ecr:UploadLayerPart. Appends the body and returns how many bytes the upload has then. A range that does
    // not continue the upload, or another length than the range's, is invalid_range with what was received. When the
    // body breaks off, what came stays and the upload can be resumed.
    Task<Result<std::uint64_t>> append(const Call& call, UploadRef upload, std::optional<ChunkRange> range,
                                       ByteSource& body, ChunkKind kind);
    // Action ecr:UploadLayerPart.
    Task<Result<std::uint64_t>> received(const Call& call, UploadRef upload);
    Task<Result<void>> cancel(const Call& call, UploadRef upload);
    // Action ecr:CompleteLayerUpload. Appends `rest` first. After digest_mismatch, and when
    // its bytes could not be synced, the upload is gone.
    Task<Result<model::Blob>> complete(const Call& call, UploadRef upload, model::Digest expected,
                                       std::optional<ChunkRange> range, ByteSource& rest);
    // Completes by the API's rules: empty_upload, layer_part_too_small, layer_exists.
    Task<Result<model::Blob>> complete_parts(const Call& call, UploadRef upload, model::Digest expected);
    // One request with the whole blob. Needs the rights to begin and to complete.
    Task<Result<model::Blob>> push(const Call& call, RepositoryRef repository, model::Digest expected,
                                   ByteSource& body);
    // Makes a blob of another repository (or, without one, of any the caller may read) part of this one; nullopt when
    // there is none to mount, and the client starts an upload. Asks for read rights on the source.
    Task<Result<std::optional<model::Blob>>> mount(const Call& call, RepositoryRef repository, model::Digest digest,
                                                   std::optional<model::RepositoryName> from);

    // Removes uploads that expired, and bytes nothing needs; for the sweep job. Returns how many went.
    Task<Result<std::size_t>> sweep(std::size_t limit);

private:
    // Authorises, and gives the upload to this caller alone.
    Task<Result<LiveUploads::Lease>> take_up(const Call& call, iam::Action action, const UploadRef& upload);
    Task<Result<model::Blob>> finish(LiveUploads::Lease& lease, const RepositoryRef& repository,
                                     const model::Digest& expected);

    Task<Result<std::size_t>> sweep_expired(std::size_t limit);

    Services& services_;
    std::unique_ptr<LiveUploads> live_;
};

}  // namespace berth::registry
