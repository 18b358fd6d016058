#include "store/sql/blob_links.hpp"

#include "store/sql/inventories.hpp"

#include <string>

namespace berth::store::sql {
namespace {

std::optional<ForgottenBlob> forget_unless_held(Connection& db, const model::Digest& digest, Timestamp now) {
    if (db.run("SELECT 1 FROM repository_blob WHERE digest = $1 LIMIT 1", digest)) return std::nullopt;
    if (db.run("SELECT 1 FROM bin_blob WHERE digest = $1 LIMIT 1", digest)) return std::nullopt;
    ForgottenBlob forgotten;
    {
        auto row = db.run("DELETE FROM blob WHERE digest = $1 RETURNING size, key", digest);
        if (!row) return std::nullopt;
        forgotten = {.key = row.get<std::string>(1), .size = row.get<std::uint64_t>(0)};
    }
    forget_layer(db, digest);
    if (forgotten.key.empty()) {
        db.change("DELETE FROM blob_bytes WHERE digest = $1", digest);
    } else {
        discard_key(db, forgotten.key, now);
    }
    return forgotten;
}

}  // namespace

bool is_named_by_image(Connection& db, model::RepositoryId repository, const model::Digest& digest) {
    return static_cast<bool>(
        db.run("SELECT 1 FROM image_blob WHERE repository = $1 AND digest = $2 LIMIT 1", repository, digest));
}

bool is_referenced(Connection& db, model::RepositoryId repository, const model::Digest& digest) {
    if (is_named_by_image(db, repository, digest)) return true;
    return static_cast<bool>(
        db.run("SELECT 1 FROM bin_blob WHERE digest = $2 AND repository = $1 LIMIT 1", repository, digest));
}

bool release(Connection& db, model::RepositoryId repository, const model::Digest& digest, Timestamp review_at,
             Timestamp now) {
    if (is_referenced(db, repository, digest)) return false;
    db.change(
        "UPDATE repository_blob SET review_at = $3 WHERE repository = $1 AND digest = $2"
        " AND (review_at IS NULL OR review_at < $3)",
        repository, digest, review_at);
    forget_unless_held(db, digest, now);
    return true;
}

std::optional<ForgottenBlob> unlink(Connection& db, model::RepositoryId repository, const model::Digest& digest,
                                    Timestamp now) {
    const auto gone =
        db.change("DELETE FROM repository_blob WHERE repository = $1 AND digest = $2", repository, digest);
    if (gone == 0) return std::nullopt;
    return forget_unless_held(db, digest, now);
}

void discard_key(Connection& db, std::string_view key, Timestamp now) {
    db.change("INSERT INTO discarded_key (key, discarded_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", key, now);
}

}  // namespace berth::store::sql
