#include "registry/upload_steps.hpp"

#include "base/log.hpp"
#include "registry/access.hpp"
#include "registry/faults.hpp"
#include "registry/hash_pool.hpp"
#include "registry/promise.hpp"
#include "registry/read_cache.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace berth::registry {

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

Task<Result<void>> hash_stored(Services& services, Hasher& hasher, store::BlobReader& reader) {
    const auto buffer = services.buffers.take(reader.size());
    for (std::uint64_t at = 0; at < reader.size();) {
        auto got = co_await reader.read_at(at, buffer.span());
        if (!got) co_return fail(std::move(got));
        if (*got == 0) co_return fail(FaultKind::unavailable, "the upload's bytes are shorter than they were");
        co_await services.hashing.hash(hasher, buffer.span().first(*got));
        at += *got;
    }
    co_return Result<void>{};
}

// The bytes in the blob store, when there are any.
Task<Result<std::unique_ptr<store::BlobReader>>> open_stored(Services& services, const std::string& key) {
    auto reader = co_await services.blobs.open(key);
    if (!reader && reader.error().kind == FaultKind::blob_not_found) {
        co_return std::unique_ptr<store::BlobReader>();
    }
    co_return reader;
}

Result<void> check_repository(store::Transaction& tx, const RepositoryRef& repository, model::RepositoryId id) {
    auto found = find_repository(tx, repository);
    if (!found) return fail(std::move(found));
    // Deleted and made again while the bytes came: they were meant for the one that is gone.
    if (found->id != id) return fail(FaultKind::upload_not_found, "The repository was deleted during the upload");
    return {};
}

// After a sync that failed: the system has thrown away what it could not write, and the next sync of the same bytes
// would succeed without them. So neither file nor row may stay for somebody to try it again.
Task<void> give_up(Services& services, LiveUpload& upload) {
    upload.content.writer.reset();
    const auto discarded = co_await discard_upload(services, upload.row);
    if (discarded) co_return;
    log::error("an upload that could not be synced cannot be removed", {{"key", upload.row.key}});
}

model::Blob describe(const LiveUpload& upload, const model::Digest& digest) {
    model::Blob blob{.digest = digest, .size = upload.content.size, .location = {}};
    if (upload.content.writer) {
        blob.location.key = upload.row.key;
    } else {
        blob.location.inline_bytes = std::make_shared<const std::string>(upload.content.small);
    }
    return blob;
}

}  // namespace

store::Upload new_upload_row(Services& services, const Call& call, model::RepositoryId repository) {
    const auto now = services.clock.now();
    const auto id = make_uuid(services.random);
    return {.id = model::known_valid<model::UploadId>(id),
            .repository = repository,
            .principal_arn = call.principal.arn,
            .key = id,
            .created_at = now,
            .expires_at = now + services.settings.upload_lifetime};
}

Task<Result<std::shared_ptr<LiveUpload>>> rebuild_upload(Services& services, store::Upload row,
                                                         model::DigestAlgorithm algorithm) {
    auto upload = std::make_shared<LiveUpload>(std::move(row), algorithm);
    auto small = co_await services.metadata.read(
        [&](store::Transaction& tx) -> Result<std::string> { return tx.uploads().bytes(upload->row.id); });
    if (!small) co_return fail(std::move(small));
    auto reader = co_await open_stored(services, upload->row.key);
    if (!reader) co_return fail(std::move(reader));
    // While the bytes move from the metadata to the blob store both may have some; the longer one is whole.
    const bool stored = *reader && (*reader)->size() >= small->size();
    if (!stored) {
        upload->content.small = std::move(*small);
        upload->content.hasher.update(bytes_of(upload->content.small));
        upload->content.size = upload->content.small.size();
        if (*reader) {
            auto removed = co_await services.blobs.remove(upload->row.key);
            if (!removed) co_return fail(std::move(removed));
        }
        co_return upload;
    }
    auto hashed = co_await hash_stored(services, upload->content.hasher, **reader);
    if (!hashed) co_return fail(std::move(hashed));
    auto writer = co_await services.blobs.resume(upload->row.key);
    if (!writer) co_return fail(std::move(writer));
    upload->content.size = (*writer)->size();
    upload->content.writer = std::move(*writer);
    co_return upload;
}

Task<Result<void>> persist_progress(Services& services, LiveUpload& upload) {
    if (upload.content.writer) {
        auto flushed = co_await upload.content.writer->flush();
        if (!flushed) co_return flushed;
    }
    const auto now = services.clock.now();
    const auto expires_at = now + services.settings.upload_lifetime;
    const bool aged = expires_at - upload.row.expires_at > services.settings.upload_lifetime / 10;
    if (aged) upload.row.expires_at = expires_at;
    if (!aged && upload.content.writer && !upload.row_changed) co_return Result<void>{};
    upload.row_changed = false;
    co_return co_await services.metadata.write(
        [&](store::Transaction& tx) -> Result<void> {
            tx.uploads().update(upload.row);
            if (!upload.content.writer) tx.uploads().put_bytes(upload.row.id, upload.content.small);
            return {};
        },
        store::Durability::relaxed);
}

Task<Result<void>> check_digest(Services& services, LiveUpload& upload, const model::Digest& expected) {
    auto actual = upload.content.hasher.digest();
    if (actual.algorithm() != expected.algorithm()) {
        Hasher again(expected.algorithm());
        if (upload.content.writer) {
            auto flushed = co_await upload.content.writer->flush();
            if (!flushed) co_return flushed;
            auto reader = co_await services.blobs.open(upload.row.key);
            if (!reader) co_return fail(std::move(reader));
            auto hashed = co_await hash_stored(services, again, **reader);
            if (!hashed) co_return hashed;
        } else {
            again.update(bytes_of(upload.content.small));
        }
        actual = again.digest();
    }
    if (actual == expected) co_return Result<void>{};
    co_return fail(FaultKind::digest_mismatch,
                   "The content has the digest '" + actual.text() + "', not '" + expected.text() + "'");
}

Task<Result<model::Blob>> publish_upload(Services& services, const RepositoryRef& repository, LiveUpload& upload,
                                         const model::Digest& digest) {
    if (upload.content.writer) {
        auto committed = co_await upload.content.writer->commit();
        if (!committed) {
            co_await give_up(services, upload);
            co_return fail(std::move(committed));
        }
    }
    const auto blob = describe(upload, digest);
    const auto now = services.clock.now();
    bool superfluous = false;
    auto published = co_await services.metadata.write([&](store::Transaction& tx) -> Result<model::Blob> {
        auto same = check_repository(tx, repository, upload.row.repository);
        if (!same) return fail(std::move(same));
        // The row is what protects the file from the sweep: without it the file may be gone.
        if (upload.content.writer && !tx.uploads().find(upload.row.id)) {
            return std::unexpected(upload_not_found(repository, upload.row.id.text()));
        }
        superfluous = false;
        auto kept = blob;
        if (tx.blobs().insert(blob, now) == store::Inserted::no) {
            superfluous = !blob.location.key.empty();
            if (superfluous) tx.blobs().discard_key(blob.location.key, now);
            kept = *tx.blobs().find(digest);
        }
        tx.blobs().link(upload.row.repository, digest, now, next_review(services));
        tx.uploads().erase(upload.row.id);
        return kept;
    });
    if (published && superfluous) {
        upload.content.writer.reset();
        auto removed = co_await remove_discarded(services, std::span(&blob.location.key, 1));
        if (!removed) co_return published;  // the sweep tries again
    }
    co_return published;
}

// Bytes first: on a full disk the row could not be changed before they went. A crash between the two leaves a row
// without bytes, which the sweep removes.
Task<Result<void>> discard_upload(Services& services, const store::Upload& row) {
    auto removed = co_await services.blobs.remove(row.key);
    if (!removed) co_return removed;
    co_return co_await services.metadata.write(
        [&](store::Transaction& tx) -> Result<void> {
            tx.uploads().erase(row.id);
            return {};
        },
        store::Durability::relaxed);
}

Task<Result<bool>> discard_if_expired(Services& services, const model::UploadId& id) {
    const auto expired = [&](store::Transaction& tx) -> std::optional<store::Upload> {
        auto row = tx.uploads().find(id);
        if (!row || row->expires_at > services.clock.now()) return std::nullopt;
        return row;
    };
    auto ended = co_await services.metadata.write(
        [&](store::Transaction& tx) -> Result<std::optional<store::Upload>> {
            auto row = expired(tx);
            if (!row) return row;
            tx.uploads().erase(id);
            tx.blobs().discard_key(row->key, services.clock.now());
            return row;
        },
        store::Durability::relaxed);
    if (!ended && ended.error().kind == FaultKind::storage_full) {
        // Nothing can be written until something went. The caller's lease keeps the upload from being completed.
        auto looked = co_await services.metadata.read(
            [&](store::Transaction& tx) -> Result<std::optional<store::Upload>> { return expired(tx); });
        if (!looked) co_return false;
        const auto& row = *looked;
        if (!row) co_return false;
        auto discarded = co_await discard_upload(services, *row);
        if (!discarded) co_return fail(std::move(discarded));
        co_return true;
    }
    if (!ended) co_return fail(std::move(ended));
    const auto& row = *ended;
    if (!row) co_return false;
    auto removed = co_await remove_discarded(services, std::span(&row->key, 1));
    if (!removed) co_return fail(std::move(removed));
    co_return true;
}

// One file that cannot be removed does not keep the others.
Task<Result<std::size_t>> remove_discarded(Services& services, std::span<const std::string> keys) {
    std::vector<std::string> gone;
    std::optional<Fault> failed;
    for (const auto& key : keys) {
        auto removed = co_await services.blobs.remove(key);
        if (removed)
            gone.push_back(key);
        else
            failed = std::move(removed).error();
    }
    auto forgotten = co_await services.metadata.write(
        [&](store::Transaction& tx) -> Result<std::size_t> {
            for (const auto& key : gone) tx.blobs().forget_discarded_key(key);
            return gone.size();
        },
        store::Durability::relaxed);
    if (failed) co_return std::unexpected(std::move(*failed));
    co_return forgotten;
}

}  // namespace berth::registry
