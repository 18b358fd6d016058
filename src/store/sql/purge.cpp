#include "store/sql/purge.hpp"

#include "model/repository.hpp"
#include "store/sql/bin.hpp"
#include "store/sql/blob_links.hpp"
#include "store/sql/inventories.hpp"
#include "store/sql/lifecycle.hpp"

#include <optional>
#include <string>
#include <vector>

namespace berth::store::sql {
namespace {

struct Deleted {
    model::RepositoryId id;
    Timestamp at;
};

std::optional<Deleted> oldest_deleted(Connection& db) {
    auto row =
        db.run("SELECT id, deleted_at FROM repository WHERE deleted_at IS NOT NULL ORDER BY deleted_at, id LIMIT 1");
    if (!row) return std::nullopt;
    return Deleted{.id = row.get<model::RepositoryId>(0), .at = row.get<Timestamp>(1)};
}

std::int64_t purge_tags(Connection& db, const Deleted& from, std::size_t limit) {
    return db.change(
        "DELETE FROM tag WHERE repository = $1 AND name IN"
        " (SELECT name FROM tag WHERE repository = $1 ORDER BY name LIMIT $2)",
        from.id, limit);
}

std::int64_t purge_references(Connection& db, const Deleted& from, std::size_t limit) {
    return db.change(
        "DELETE FROM image_blob WHERE repository = $1 AND (digest, image) IN"
        " (SELECT digest, image FROM image_blob WHERE repository = $1 ORDER BY digest, image LIMIT $2)",
        from.id, limit);
}

std::int64_t purge_children(Connection& db, const Deleted& from, std::size_t limit) {
    return db.change(
        "DELETE FROM image_child WHERE repository = $1 AND (child, parent) IN"
        " (SELECT child, parent FROM image_child WHERE repository = $1 ORDER BY child, parent LIMIT $2)",
        from.id, limit);
}

std::int64_t purge_images(Connection& db, const Deleted& from, std::size_t limit) {
    purge_followed(db, from.id, limit);
    db.change(
        "DELETE FROM scan_queue WHERE image IN"
        " (SELECT id FROM image WHERE repository = $1 ORDER BY digest LIMIT $2)",
        from.id, limit);
    db.change(
        "DELETE FROM image_findings WHERE image IN"
        " (SELECT id FROM image WHERE repository = $1 ORDER BY digest LIMIT $2)",
        from.id, limit);
    db.change(
        "DELETE FROM image_scan WHERE image IN"
        " (SELECT id FROM image WHERE repository = $1 ORDER BY digest LIMIT $2)",
        from.id, limit);
    db.change(
        "DELETE FROM manifest WHERE image IN"
        " (SELECT id FROM image WHERE repository = $1 ORDER BY digest LIMIT $2)",
        from.id, limit);
    return db.change(
        "DELETE FROM image WHERE id IN"
        " (SELECT id FROM image WHERE repository = $1 ORDER BY digest LIMIT $2)",
        from.id, limit);
}

std::int64_t purge_bin(Connection& db, const Deleted& from, std::size_t limit) {
    return static_cast<std::int64_t>(Bin(db).purge(from.id, limit, from.at));
}

std::int64_t purge_policies(Connection& db, const Deleted& from, std::size_t) {
    return purge_lifecycle(db, from.id, from.at);
}

std::int64_t purge_blob_links(Connection& db, const Deleted& from, std::size_t limit) {
    std::vector<model::Digest> held;
    for (auto row = db.run("SELECT digest FROM repository_blob WHERE repository = $1 ORDER BY digest LIMIT $2", from.id,
                           limit);
         row; row.next()) {
        held.push_back(row.get<model::Digest>(0));
    }
    for (const auto& digest : held) unlink(db, from.id, digest, from.at);
    return static_cast<std::int64_t>(held.size());
}

// The bytes an upload has so far lose their only owner: their key must be remembered.
std::int64_t purge_uploads(Connection& db, const Deleted& from, std::size_t limit) {
    std::vector<std::pair<std::string, std::string>> uploads;
    for (auto row = db.run("SELECT id, key FROM upload WHERE repository = $1 LIMIT $2", from.id, limit); row;
         row.next()) {
        uploads.emplace_back(row.get<std::string>(0), row.get<std::string>(1));
    }
    for (const auto& [id, key] : uploads) {
        discard_key(db, key, from.at);
        db.change("DELETE FROM upload WHERE id = $1", id);
        db.change("DELETE FROM upload_bytes WHERE upload = $1", id);
    }
    return static_cast<std::int64_t>(uploads.size());
}

std::int64_t purge_resource_tags(Connection& db, const Deleted& from, std::size_t limit) {
    return db.change(
        "DELETE FROM resource_tag WHERE repository = $1 AND key IN"
        " (SELECT key FROM resource_tag WHERE repository = $1 ORDER BY key LIMIT $2)",
        from.id, limit);
}

// Last: as long as the row is there, a purge that was interrupted goes on.
std::int64_t purge_row(Connection& db, const Deleted& from, std::size_t) {
    return db.change("DELETE FROM repository WHERE id = $1", from.id);
}

constexpr decltype(&purge_tags) steps[] = {purge_tags,     purge_references, purge_children, purge_images,
                                           purge_bin,      purge_blob_links, purge_uploads,  purge_resource_tags,
                                           purge_policies, purge_row};

}  // namespace

std::size_t purge_deleted(Connection& db, std::size_t limit) {
    std::size_t gone = 0;
    while (gone < limit) {
        const auto repository = oldest_deleted(db);
        if (!repository) break;
        for (const auto step : steps) {
            gone += static_cast<std::size_t>(step(db, *repository, limit - gone));
            if (gone == limit) break;
        }
    }
    return gone;
}

}  // namespace berth::store::sql
