#include "store/sql/images.hpp"

#include "store/sql/blob_links.hpp"
#include "store/sql/enum_text.hpp"
#include "store/sql/image_row.hpp"
#include "store/sql/inventories.hpp"
#include "store/sql/scans.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace berth::store::sql {

// Where an image stands: what tags and lists know it by.
struct Images::Address {
    model::RepositoryId repository;
    std::string digest;
};

model::Image read_image(const Rows& row) {
    return {
        .id = row.get<model::ImageRowId>(0),
        .repository = row.get<model::RepositoryId>(1),
        .digest = row.get<model::Digest>(2),
        .media_type = row.get<std::string>(3),
        .artifact_type = row.get<std::optional<std::string>>(4),
        .manifest_size = row.get<std::uint64_t>(5),
        .image_size = row.get<std::uint64_t>(6),
        .subject = row.get<std::optional<model::Digest>>(7),
        .annotations_json = row.get<std::string>(8),
        .pushed_at = row.get<Timestamp>(9),
        .last_pulled_at = row.get<std::optional<Timestamp>>(10),
        .status = parse_image_status(row.get<std::string_view>(11)),
        .last_archived_at = row.get<std::optional<Timestamp>>(12),
        .last_activated_at = row.get<std::optional<Timestamp>>(13),
    };
}

std::optional<model::Image> Images::find(model::RepositoryId repository, const model::Digest& digest) {
    auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS " FROM image i WHERE i.repository = $1 AND i.digest = $2",
                       repository, digest);
    if (!row) return std::nullopt;
    return read_image(row);
}

std::optional<model::Image> Images::find(model::RepositoryId repository, const model::Tag& tag) {
    auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS
                       " FROM tag t JOIN image i ON i.repository = t.repository AND i.digest = t.digest"
                       " WHERE t.repository = $1 AND t.name = $2",
                       repository, tag);
    if (!row) return std::nullopt;
    return read_image(row);
}

std::optional<model::Image> Images::find(model::ImageRowId id) {
    auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS " FROM image i WHERE i.id = $1", id);
    if (!row) return std::nullopt;
    return read_image(row);
}

// By the repositories, as an index by digest alone would cost every push.
bool Images::is_anywhere(const model::Digest& digest) {
    return static_cast<bool>(
        db_.run("SELECT 1 FROM repository r WHERE r.deleted_at IS NULL AND"
                " (EXISTS (SELECT 1 FROM image i WHERE i.repository = r.id AND i.digest = $1)"
                " OR EXISTS (SELECT 1 FROM bin_image b WHERE b.repository = r.id AND b.digest = $1)) LIMIT 1",
                digest));
}

std::string Images::manifest(model::ImageRowId id) {
    auto bytes = find_manifest(id);
    if (!bytes) throw std::logic_error("a manifest is asked for whose image is not there");
    return std::move(*bytes);
}

std::optional<std::string> Images::find_manifest(model::ImageRowId id) {
    auto row = db_.run("SELECT bytes FROM manifest WHERE image = $1", id);
    if (!row) return std::nullopt;
    return row.get<std::string>(0);
}

bool Images::any(model::RepositoryId repository) {
    return static_cast<bool>(db_.run("SELECT 1 FROM image WHERE repository = $1 LIMIT 1", repository));
}

std::optional<Images::Address> Images::address_of(model::ImageRowId id) {
    auto row = db_.run("SELECT repository, digest FROM image WHERE id = $1", id);
    if (!row) return std::nullopt;
    return Address{.repository = row.get<model::RepositoryId>(0), .digest = row.get<std::string>(1)};
}

void Images::insert(const NewImage& added) {
    const auto& image = added.image;
    db_.change(
        "INSERT INTO image (id, repository, digest, media_type, artifact_type, manifest_size, image_size, subject,"
        " annotations, pushed_at, last_pulled_at, status, last_archived_at, last_activated_at, tagged)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)",
        image.id, image.repository, image.digest, image.media_type, image.artifact_type, image.manifest_size,
        image.image_size, image.subject, image.annotations_json, image.pushed_at, image.last_pulled_at,
        to_text(image.status), image.last_archived_at, image.last_activated_at);
    db_.change("INSERT INTO manifest (image, bytes) VALUES ($1, $2)", image.id, Bytes{added.manifest});
    insert_references(added);
}

// One manifest may name the same blob twice.
void Images::insert_references(const NewImage& added) {
    const auto& image = added.image;
    for (const auto& blob : added.blobs) {
        db_.change(
            "INSERT INTO image_blob (repository, digest, image) VALUES ($1, $2, $3)"
            " ON CONFLICT (repository, digest, image) DO NOTHING",
            image.repository, blob.digest, image.id);
    }
    for (const auto& child : added.children) {
        db_.change(
            "INSERT INTO image_child (repository, child, parent) VALUES ($1, $2, $3)"
            " ON CONFLICT (repository, child, parent) DO NOTHING",
            image.repository, child, image.id);
    }
}

std::vector<model::Digest> Images::erase(model::ImageRowId id, Timestamp review_at) {
    auto superfluous = erase_all_but_manifest(id, review_at);
    db_.change("DELETE FROM manifest WHERE image = $1", id);
    return superfluous;
}

std::vector<model::Digest> Images::erase_all_but_manifest(model::ImageRowId id, Timestamp review_at) {
    const auto address = address_of(id);
    if (!address) return {};
    db_.change("DELETE FROM tag WHERE repository = $1 AND digest = $2", address->repository, address->digest);
    auto superfluous = erase_references(address->repository, id, review_at);
    db_.change("DELETE FROM image_child WHERE parent = $1", id);
    db_.change("DELETE FROM image WHERE id = $1", id);
    db_.change("DELETE FROM lifecycle_hold WHERE repository = $1 AND image = $2", address->repository, id);
    Scans(db_).erase(id);
    Inventories(db_).unfollow(id);
    return superfluous;
}

std::vector<model::Digest> Images::erase_references(model::RepositoryId repository, model::ImageRowId id,
                                                    Timestamp review_at) {
    auto named = blobs(id);
    db_.change("DELETE FROM image_blob WHERE image = $1", id);
    // The repository has all of them: nothing is forgotten here, so the time of forgetting does not matter.
    std::erase_if(named, [&](const auto& digest) { return !release(db_, repository, digest, review_at, review_at); });
    return named;
}

void Images::set_last_pulled(model::ImageRowId id, Timestamp at) {
    db_.change("UPDATE image SET last_pulled_at = $2 WHERE id = $1", id, at);
}

void Images::set_status(model::ImageRowId id, model::ImageStatus status, Timestamp now) {
    std::optional<Timestamp> archived;
    std::optional<Timestamp> activated;
    if (status == model::ImageStatus::archived) archived = now;
    if (status == model::ImageStatus::active) activated = now;
    db_.change(
        "UPDATE image SET status = $2, last_archived_at = coalesce($3, last_archived_at),"
        " last_activated_at = coalesce($4, last_activated_at) WHERE id = $1",
        id, to_text(status), archived, activated);
}

std::vector<model::Digest> Images::blobs(model::ImageRowId id) {
    std::vector<model::Digest> found;
    for (auto row = db_.run("SELECT digest FROM image_blob WHERE image = $1", id); row; row.next()) {
        found.push_back(row.get<model::Digest>(0));
    }
    return found;
}

std::vector<model::Tag> Images::tags(model::ImageRowId id) {
    std::vector<model::Tag> found;
    for (auto row = db_.run("SELECT t.name FROM image i JOIN tag t ON t.repository = i.repository"
                            " AND t.digest = i.digest WHERE i.id = $1 ORDER BY t.updated_at, t.name",
                            id);
         row; row.next()) {
        found.push_back(row.get<model::Tag>(0));
    }
    return found;
}

std::size_t Images::count_tags(model::ImageRowId id) {
    return db_
        .run(
            "SELECT count(*) FROM image i JOIN tag t ON t.repository = i.repository AND t.digest = i.digest"
            " WHERE i.id = $1",
            id)
        .get<std::size_t>(0);
}

// A tag that is put where it stands already keeps its age.
void Images::put_tag(model::RepositoryId repository, const model::Tag& tag, model::ImageRowId image, Timestamp now) {
    const auto target = address_of(image);
    if (!target || target->repository != repository)
        throw std::logic_error("a tag is put on an image that is not there");
    std::optional<std::string> before;
    if (auto row = db_.run("SELECT digest FROM tag WHERE repository = $1 AND name = $2", repository, tag)) {
        before = row.get<std::string>(0);
    }
    if (before == target->digest) return;
    db_.change(
        "INSERT INTO tag (repository, name, digest, updated_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (repository, name) DO UPDATE SET digest = excluded.digest, updated_at = excluded.updated_at",
        repository, tag, target->digest, now);
    db_.change("UPDATE image SET tagged = 1 WHERE id = $1 AND tagged = 0", image);
    if (before) note_lost_tag({.repository = repository, .digest = *before});
}

void Images::erase_tag(model::RepositoryId repository, const model::Tag& tag) {
    std::optional<std::string> digest;
    if (auto row = db_.run("DELETE FROM tag WHERE repository = $1 AND name = $2 RETURNING digest", repository, tag)) {
        digest = row.get<std::string>(0);
    }
    if (digest) note_lost_tag({.repository = repository, .digest = *digest});
}

void Images::note_lost_tag(const Address& address) {
    db_.change(
        "UPDATE image SET tagged = 0 WHERE repository = $1 AND digest = $2 AND NOT EXISTS"
        " (SELECT 1 FROM tag t WHERE t.repository = $1 AND t.digest = $2)",
        address.repository, address.digest);
}

std::vector<model::Image> Images::children(model::ImageRowId parent) {
    std::vector<model::Image> found;
    for (auto row = db_.run("SELECT " BERTH_IMAGE_COLUMNS
                            " FROM image_child c JOIN image i ON i.repository = c.repository AND i.digest = c.child"
                            " WHERE c.parent = $1",
                            parent);
         row; row.next()) {
        found.push_back(read_image(row));
    }
    std::ranges::sort(found, {}, [](const model::Image& image) -> const std::string& { return image.digest.text(); });
    return found;
}

std::vector<model::Digest> Images::parents(model::RepositoryId repository, const model::Digest& child) {
    std::vector<model::Digest> found;
    for (auto row = db_.run("SELECT i.digest FROM image_child c JOIN image i ON i.id = c.parent"
                            " WHERE c.repository = $1 AND c.child = $2 ORDER BY c.parent",
                            repository, child);
         row; row.next()) {
        found.push_back(row.get<model::Digest>(0));
    }
    return found;
}

}  // namespace berth::store::sql
