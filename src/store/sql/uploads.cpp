#include "store/sql/uploads.hpp"

namespace berth::store::sql {
namespace {

#define BERTH_UPLOAD_COLUMNS \
    "id, repository, principal_arn, key, created_at, expires_at, last_part_bytes, short_part_followed"

Upload read_upload(const Rows& row) {
    return {
        .id = row.get<model::UploadId>(0),
        .repository = row.get<model::RepositoryId>(1),
        .principal_arn = row.get<std::string>(2),
        .key = row.get<std::string>(3),
        .created_at = row.get<Timestamp>(4),
        .expires_at = row.get<Timestamp>(5),
        .last_part_bytes = row.get<std::uint64_t>(6),
        .short_part_followed = row.get<bool>(7),
    };
}

}  // namespace

std::optional<Upload> Uploads::find(const model::UploadId& id) {
    auto row = db_.run("SELECT " BERTH_UPLOAD_COLUMNS " FROM upload WHERE id = $1", id);
    if (!row) return std::nullopt;
    return read_upload(row);
}

void Uploads::insert(const Upload& upload) {
    db_.change("INSERT INTO upload (" BERTH_UPLOAD_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", upload.id,
               upload.repository, upload.principal_arn, upload.key, upload.created_at, upload.expires_at,
               upload.last_part_bytes, upload.short_part_followed);
}

void Uploads::update(const Upload& upload) {
    db_.change("UPDATE upload SET expires_at = $2, last_part_bytes = $3, short_part_followed = $4 WHERE id = $1",
               upload.id, upload.expires_at, upload.last_part_bytes, upload.short_part_followed);
}

void Uploads::erase(const model::UploadId& id) {
    if (db_.change("DELETE FROM upload WHERE id = $1", id) == 0) return;  // never had a row: a blob sent in one request
    db_.change("DELETE FROM upload_bytes WHERE upload = $1", id);
}

void Uploads::put_bytes(const model::UploadId& id, std::string_view bytes) {
    if (bytes.empty()) {
        db_.change("DELETE FROM upload_bytes WHERE upload = $1", id);
        return;
    }
    db_.change("INSERT INTO upload_bytes (upload, bytes) VALUES ($1, $2) ON CONFLICT (upload) DO UPDATE SET bytes = $2",
               id, Bytes{bytes});
}

std::string Uploads::bytes(const model::UploadId& id) {
    auto row = db_.run("SELECT bytes FROM upload_bytes WHERE upload = $1", id);
    return row ? row.get<std::string>(0) : std::string();
}

std::vector<Upload> Uploads::expired(Timestamp now, std::size_t limit) {
    std::vector<Upload> found;
    for (auto row =
             db_.run("SELECT " BERTH_UPLOAD_COLUMNS " FROM upload WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2",
                     now, limit);
         row; row.next()) {
        found.push_back(read_upload(row));
    }
    return found;
}

std::size_t Uploads::count(model::RepositoryId repository) {
    return db_.run("SELECT count(*) FROM upload WHERE repository = $1", repository).get<std::size_t>(0);
}

}  // namespace berth::store::sql
