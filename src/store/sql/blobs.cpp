#include "store/sql/blobs.hpp"

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
        "SELECT b.digest, b.size, b.key FROM repository_blob l JOIN blob b ON b.digest = l.digest"
        " WHERE l.repository = $1 AND l.digest = $2",
        repository, digest);
    if (!row) return std::nullopt;
    return read_blob(row);
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

void Blobs::link(model::RepositoryId repository, const model::Digest& digest, Timestamp now) {
    db_.change(
        "INSERT INTO repository_blob (repository, digest, linked_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (repository, digest) DO NOTHING",
        repository, digest, now);
}

void Blobs::unlink(model::RepositoryId repository, const model::Digest& digest) {
    db_.change("DELETE FROM repository_blob WHERE repository = $1 AND digest = $2", repository, digest);
    db_.change("INSERT INTO blob_review (digest) VALUES ($1) ON CONFLICT (digest) DO NOTHING", digest);
}

std::size_t Blobs::remove_unlinked(Timestamp now, std::size_t limit) {
    std::vector<model::Digest> reviewed;
    for (auto row = db_.run("SELECT digest FROM blob_review ORDER BY digest LIMIT $1", limit); row; row.next()) {
        reviewed.push_back(row.get<model::Digest>(0));
    }
    for (const auto& digest : reviewed) {
        db_.change("DELETE FROM blob_review WHERE digest = $1", digest);
        if (db_.run("SELECT 1 FROM repository_blob WHERE digest = $1 LIMIT 1", digest)) continue;
        if (db_.run("SELECT 1 FROM bin_blob WHERE digest = $1 LIMIT 1", digest)) continue;
        const auto blob = find(digest);
        if (!blob) continue;
        if (!blob->location.key.empty()) discard_key(blob->location.key, now);
        db_.change("DELETE FROM blob_bytes WHERE digest = $1", digest);
        db_.change("DELETE FROM blob WHERE digest = $1", digest);
    }
    return reviewed.size();
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
    return static_cast<bool>(
        db_.run("SELECT 1 FROM image_blob WHERE repository = $1 AND digest = $2 LIMIT 1", repository, digest));
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
    db_.change("INSERT INTO discarded_key (key, discarded_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", key, now);
}

std::vector<std::string> Blobs::discarded_keys(std::size_t limit) {
    std::vector<std::string> keys;
    for (auto row = db_.run("SELECT key FROM discarded_key ORDER BY key LIMIT $1", limit); row; row.next()) {
        keys.push_back(row.get<std::string>(0));
    }
    return keys;
}

void Blobs::forget_discarded_key(std::string_view key) {
    db_.change("DELETE FROM discarded_key WHERE key = $1", key);
}

}  // namespace berth::store::sql
