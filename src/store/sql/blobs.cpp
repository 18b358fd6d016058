#include "store/sql/blobs.hpp"

#include "store/sql/blob_links.hpp"
#include "store/sql/repositories.hpp"

#include <stdexcept>

namespace berth::store::sql {
namespace {

model::Blob read_blob(const Rows& row) {
    return {
        .digest = row.get<model::Digest>(0),
        .size = row.get<std::uint64_t>(1),
        .location = {.key = row.get<std::string>(2), .inline_bytes = nullptr},
    };
}

}  // namespace

std::optional<model::Blob> Blobs::find(const model::Digest& digest) {
    auto row = db_.run("SELECT digest, size, key FROM blob WHERE digest = $1", digest);
    if (!row) return std::nullopt;
    return read_blob(row);
}

std::optional<model::Blob> Blobs::find(model::RepositoryId repository, const model::Digest& digest) {
    auto row = db_.run(
        "SELECT b.digest, b.size, b.key, l.review_at FROM repository_blob l JOIN blob b ON b.digest = l.digest"
        " WHERE l.repository = $1 AND l.digest = $2",
        repository, digest);
    if (!row) return std::nullopt;
    auto blob = read_blob(row);
    blob.review_at = row.get<std::optional<Timestamp>>(3);
    return blob;
}

std::optional<std::string> Blobs::inline_bytes(const model::Digest& digest) {
    auto row = db_.run("SELECT bytes FROM blob_bytes WHERE digest = $1", digest);
    if (!row) return std::nullopt;
    return row.get<std::string>(0);
}

Inserted Blobs::insert(const model::Blob& blob, Timestamp now) {
    const bool is_inline = blob.location.key.empty();
    if (is_inline && !blob.location.inline_bytes) throw std::logic_error("a blob is inserted without its bytes");
    const auto rows = db_.change(
        "INSERT INTO blob (digest, size, key, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING",
        blob.digest, blob.size, blob.location.key, now);
    if (rows == 0) return Inserted::no;
    if (is_inline) {
        db_.change("INSERT INTO blob_bytes (digest, bytes) VALUES ($1, $2)", blob.digest,
                   Bytes{*blob.location.inline_bytes});
    }
    return Inserted::yes;
}

void Blobs::link(model::RepositoryId repository, const model::Digest& digest, Timestamp now, Timestamp review_at) {
    db_.change(
        "INSERT INTO repository_blob (repository, digest, linked_at, review_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (repository, digest) DO UPDATE SET review_at = excluded.review_at"
        " WHERE repository_blob.review_at < excluded.review_at",
        repository, digest, now, review_at);
}

std::optional<ForgottenBlob> Blobs::unlink(model::RepositoryId repository, const model::Digest& digest, Timestamp now) {
    return sql::unlink(db_, repository, digest, now);
}

// Nearly every blob is decided by the first image that names it.
bool Blobs::archived(model::RepositoryId repository, const model::Digest& digest) {
    {
        auto row = db_.run(
            "SELECT i.status FROM image_blob b JOIN image i ON i.id = b.image WHERE b.repository = $1 AND b.digest = $2"
            " LIMIT 1",
            repository, digest);
        if (!row || row.get<std::string_view>(0) == "ACTIVE") return false;
    }
    return !db_.run(
        "SELECT 1 FROM image_blob b JOIN image i ON i.id = b.image WHERE b.repository = $1 AND b.digest = $2"
        " AND i.status = 'ACTIVE' LIMIT 1",
        repository, digest);
}

bool Blobs::referenced(model::RepositoryId repository, const model::Digest& digest) {
    return is_named_by_image(db_, repository, digest);
}

bool Blobs::postpone_review(model::RepositoryId repository, const model::Digest& digest, Timestamp review_at) {
    const auto postponed =
        db_.change("UPDATE repository_blob SET review_at = $3 WHERE repository = $1 AND digest = $2 AND review_at < $3",
                   repository, digest, review_at);
    if (postponed != 0) return true;
    return static_cast<bool>(
        db_.run("SELECT 1 FROM repository_blob WHERE repository = $1 AND digest = $2", repository, digest));
}

std::vector<HeldBlob> Blobs::due_reviews(Timestamp now, std::size_t limit) {
    std::vector<HeldBlob> due;
    for (auto row = db_.run("SELECT repository, digest FROM repository_blob WHERE review_at <= $1"
                            " ORDER BY review_at, repository, digest LIMIT $2",
                            now, limit);
         row; row.next()) {
        due.push_back({.repository = row.get<model::RepositoryId>(0), .digest = row.get<model::Digest>(1)});
    }
    return due;
}

// In this order: a blob that is not due is left alone even when nothing needs it, and one that is needed leaves the
// queue until its last image goes.
Reviewed Blobs::review(const HeldBlob& held, Timestamp now) {
    const auto& [repository, digest] = held;
    if (!db_.run("SELECT 1 FROM repository_blob WHERE repository = $1 AND digest = $2 AND review_at <= $3", repository,
                 digest, now)) {
        return {};
    }
    if (is_referenced(db_, repository, digest)) {
        db_.change("UPDATE repository_blob SET review_at = NULL WHERE repository = $1 AND digest = $2", repository,
                   digest);
        return {.outcome = ReviewOutcome::needed, .forgotten = std::nullopt};
    }
    return {.outcome = ReviewOutcome::unlinked, .forgotten = sql::unlink(db_, repository, digest, now)};
}

std::vector<model::Repository> Blobs::holders(const model::Registry& registry, const model::Digest& digest,
                                              std::size_t limit) {
    std::vector<model::Repository> found;
    for (auto row = db_.run("SELECT " BERTH_REPOSITORY_COLUMNS
                            " FROM repository_blob l JOIN repository r ON r.id = l.repository WHERE l.digest = $1"
                            " AND r.account = $2 AND r.region = $3 AND r.deleted_at IS NULL"
                            " ORDER BY l.repository LIMIT $4",
                            digest, registry.account, registry.region, limit);
         row; row.next()) {
        found.push_back(read_repository(row));
    }
    return found;
}

void Blobs::discard_key(std::string_view key, Timestamp now) {
    sql::discard_key(db_, key, now);
}

std::vector<std::string> Blobs::discarded_keys(std::size_t limit) {
    std::vector<std::string> keys;
    for (auto row = db_.run("SELECT key FROM discarded_key ORDER BY key LIMIT $1", limit); row; row.next()) {
        keys.push_back(row.get<std::string>(0));
    }
    return keys;
}

bool Blobs::is_discarded(std::string_view key) {
    return static_cast<bool>(db_.run("SELECT 1 FROM discarded_key WHERE key = $1", key));
}

void Blobs::forget_discarded_key(std::string_view key) {
    db_.change("DELETE FROM discarded_key WHERE key = $1", key);
}

}  // namespace berth::store::sql
