#include "store/sql/bin.hpp"

#include "store/sql/blob_links.hpp"
#include "store/sql/image_row.hpp"
#include "store/sql/images.hpp"

#include <stdexcept>
#include <utility>

namespace berth::store::sql {
namespace {

// A row of the bin has the columns of an image, under the same alias, and then its own.
#define BERTH_BIN_COLUMNS BERTH_IMAGE_COLUMNS ", i.deleted_at, i.principal_arn, i.lifecycle_rule"

BinnedImage read_binned(const Rows& row) {
    return {
        .image = read_image(row),
        .tags = {},
        .deleted_at = row.get<Timestamp>(image_columns),
        .cause = {.principal_arn = row.get<std::string>(image_columns + 1),
                  .lifecycle_rule = row.get<std::optional<int>>(image_columns + 2)},
    };
}

std::vector<model::ImageRowId> read_ids(Rows row) {
    std::vector<model::ImageRowId> ids;
    for (; row; row.next()) ids.push_back(row.get<model::ImageRowId>(0));
    return ids;
}

}  // namespace

void Bin::put(model::ImageRowId image, std::span<const model::Tag> lost_tags, const model::Cause& cause,
              Timestamp now) {
    const auto older = read_ids(
        db_.run("SELECT b.id FROM image i JOIN bin_image b ON b.repository = i.repository AND b.digest = i.digest"
                " WHERE i.id = $1",
                image));
    // The same digest has the same blobs: none of them becomes superfluous.
    for (const auto entry : older) erase_rows(entry, now, now);
    db_.change(
        "INSERT INTO bin_image (id, account, region, repository, digest, media_type, artifact_type, manifest_size,"
        " image_size, subject, annotations, pushed_at, last_pulled_at, status, last_archived_at,"
        " last_activated_at, deleted_at, principal_arn, lifecycle_rule)"
        " SELECT i.id, r.account, r.region, i.repository, i.digest, i.media_type, i.artifact_type, i.manifest_size,"
        " i.image_size, i.subject, i.annotations, i.pushed_at, i.last_pulled_at, i.status,"
        " i.last_archived_at, i.last_activated_at, $2, $3, $4"
        " FROM image i JOIN repository r ON r.id = i.repository WHERE i.id = $1",
        image, now, cause.principal_arn, cause.lifecycle_rule);
    db_.change(
        "INSERT INTO bin_tag (repository, name, deleted_at, image, updated_at)"
        " SELECT t.repository, t.name, $2, i.id, t.updated_at FROM image i JOIN tag t ON t.repository = i.repository"
        " AND t.digest = i.digest WHERE i.id = $1",
        image, now);
    for (const auto& tag : lost_tags) {
        db_.change(
            "INSERT INTO bin_tag (repository, name, deleted_at, image, updated_at)"
            " SELECT i.repository, $2, $3, i.id, $3 FROM image i WHERE i.id = $1"
            " ON CONFLICT (repository, name, deleted_at, image) DO NOTHING",
            image, tag, now);
    }
    db_.change(
        "INSERT INTO bin_blob (digest, repository, image)"
        " SELECT b.digest, b.repository, b.image FROM image_blob b WHERE b.image = $1",
        image);
    Images(db_).erase_all_but_manifest(image, now);  // the bin needs its blobs: none is to be reviewed
}

std::optional<BinnedImage> Bin::find(model::RepositoryId repository, const model::Digest& digest) {
    auto row = db_.run("SELECT " BERTH_BIN_COLUMNS " FROM bin_image i WHERE i.repository = $1 AND i.digest = $2",
                       repository, digest);
    if (!row) return std::nullopt;
    auto found = read_binned(row);
    found.tags = tags(found.image.id);
    return found;
}

std::optional<BinnedImage> Bin::find(model::RepositoryId repository, const model::Tag& tag) {
    auto row = db_.run("SELECT " BERTH_BIN_COLUMNS
                       " FROM bin_tag t JOIN bin_image i ON i.id = t.image WHERE t.repository = $1 AND t.name = $2"
                       " ORDER BY t.deleted_at DESC, t.image DESC LIMIT 1",
                       repository, tag);
    if (!row) return std::nullopt;
    auto found = read_binned(row);
    found.tags = tags(found.image.id);
    return found;
}

std::optional<BinnedImage> Bin::find(model::ImageRowId image) {
    auto row = db_.run("SELECT " BERTH_BIN_COLUMNS " FROM bin_image i WHERE i.id = $1", image);
    if (!row) return std::nullopt;
    auto found = read_binned(row);
    found.tags = tags(found.image.id);
    return found;
}

std::vector<BinnedImage> Bin::followers(model::RepositoryId repository, const model::Digest& subject,
                                        Timestamp deleted_since, std::size_t limit) {
    std::vector<BinnedImage> found;
    for (auto row = db_.run("SELECT " BERTH_BIN_COLUMNS
                            " FROM bin_image i WHERE i.repository = $1 AND i.subject = $2 AND i.deleted_at >= $3"
                            " ORDER BY i.deleted_at, i.id LIMIT $4",
                            repository, subject, deleted_since, limit);
         row; row.next()) {
        found.push_back(read_binned(row));
    }
    for (auto& binned : found) binned.tags = tags(binned.image.id);
    return found;
}

std::string Bin::manifest(model::ImageRowId image) {
    auto bytes = find_manifest(image);
    if (!bytes) throw std::logic_error("a manifest is asked for whose image is not in the bin");
    return std::move(*bytes);
}

std::optional<std::string> Bin::find_manifest(model::ImageRowId image) {
    auto row = db_.run("SELECT bytes FROM manifest WHERE image = $1", image);
    if (!row) return std::nullopt;
    return row.get<std::string>(0);
}

std::vector<model::Tag> Bin::tags(model::ImageRowId image) {
    std::vector<model::Tag> found;
    for (auto row = db_.run("SELECT name FROM bin_tag WHERE image = $1 ORDER BY updated_at, name", image); row;
         row.next()) {
        found.push_back(row.get<model::Tag>(0));
    }
    return found;
}

std::vector<BinnedImage> Bin::page(model::RepositoryId repository, const BinPosition& after, std::size_t limit) {
    std::vector<BinnedImage> found;
    for (auto row = db_.run("SELECT " BERTH_BIN_COLUMNS
                            " FROM bin_image i WHERE i.repository = $1 AND (i.deleted_at, i.id) < ($2, $3)"
                            " ORDER BY i.deleted_at DESC, i.id DESC LIMIT $4",
                            repository, after.deleted_at, after.id, limit);
         row; row.next()) {
        found.push_back(read_binned(row));
    }
    for (auto& binned : found) binned.tags = tags(binned.image.id);
    return found;
}

// What a deleted repository leaves is skipped until it is purged.
std::vector<BinEntry> Bin::page(const model::Registry& registry, const BinPosition& after, std::size_t limit) {
    std::vector<BinEntry> found;
    for (auto row = db_.run("SELECT " BERTH_BIN_COLUMNS
                            ", r.name FROM bin_image i CROSS JOIN repository r WHERE i.account = $1 AND i.region = $2"
                            " AND (i.deleted_at, i.id) < ($3, $4) AND r.id = i.repository AND r.deleted_at IS NULL"
                            " ORDER BY i.deleted_at DESC, i.id DESC LIMIT $5",
                            registry.account, registry.region, after.deleted_at, after.id, limit);
         row; row.next()) {
        found.push_back({.repository = row.get<model::RepositoryName>(image_columns + 3), .binned = read_binned(row)});
    }
    for (auto& entry : found) entry.binned.tags = tags(entry.binned.image.id);
    return found;
}

std::vector<HeldBlob> Bin::erase_rows(model::ImageRowId image, Timestamp review_at, Timestamp now) {
    std::vector<HeldBlob> blobs;
    for (auto row = db_.run("SELECT repository, digest FROM bin_blob WHERE image = $1", image); row; row.next()) {
        blobs.push_back({.repository = row.get<model::RepositoryId>(0), .digest = row.get<model::Digest>(1)});
    }
    db_.change("DELETE FROM bin_blob WHERE image = $1", image);
    db_.change("DELETE FROM bin_tag WHERE image = $1", image);
    db_.change("DELETE FROM manifest WHERE image = (SELECT id FROM bin_image WHERE id = $1)", image);
    db_.change("DELETE FROM bin_image WHERE id = $1", image);
    std::erase_if(blobs, [&](const auto& blob) { return !release(db_, blob.repository, blob.digest, review_at, now); });
    return blobs;
}

std::vector<model::Digest> Bin::erase(model::ImageRowId image, Timestamp review_at, Timestamp now) {
    std::vector<model::Digest> superfluous;
    for (auto& blob : erase_rows(image, review_at, now)) superfluous.push_back(std::move(blob.digest));
    return superfluous;
}

std::vector<model::Image> Bin::due(Timestamp before, std::size_t limit) {
    std::vector<model::Image> found;
    for (auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS
                            " FROM bin_image i WHERE i.deleted_at < $1 ORDER BY i.deleted_at, i.id LIMIT $2",
                            before, limit);
         row; row.next()) {
        found.push_back(read_image(row));
    }
    return found;
}

std::vector<model::Image> Bin::page(model::ImageRowId after, std::size_t limit) {
    std::vector<model::Image> found;
    for (auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS " FROM bin_image i WHERE i.id > $1 ORDER BY i.id LIMIT $2",
                            after, limit);
         row; row.next()) {
        found.push_back(read_image(row));
    }
    return found;
}

std::size_t Bin::purge(model::RepositoryId repository, std::size_t limit, Timestamp now) {
    const auto all =
        read_ids(db_.run("SELECT id FROM bin_image WHERE repository = $1 ORDER BY digest LIMIT $2", repository, limit));
    for (const auto image : all) erase_rows(image, now, now);
    return all.size();
}

}  // namespace berth::store::sql
