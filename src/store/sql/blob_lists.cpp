// Everything there is of blobs, a page at a time, for fsck.
#include "store/sql/blobs.hpp"
#include "store/sql/inventories.hpp"

namespace berth::store::sql {
namespace {

std::vector<BlobNeed> read_needs(Rows row) {
    std::vector<BlobNeed> found;
    for (; row; row.next()) {
        found.push_back({.repository = row.get<model::RepositoryId>(0),
                         .digest = row.get<model::Digest>(1),
                         .image = row.get<model::ImageRowId>(2),
                         .held = row.get<bool>(3)});
    }
    return found;
}

}  // namespace

std::vector<model::Blob> Blobs::page(std::string_view after_digest, std::size_t limit) {
    std::vector<model::Blob> found;
    for (auto row = db_.run("SELECT digest, size, key FROM blob WHERE digest > $1 ORDER BY digest LIMIT $2",
                            after_digest, limit);
         row; row.next()) {
        found.push_back({.digest = row.get<model::Digest>(0),
                         .size = row.get<std::uint64_t>(1),
                         .location = {.key = row.get<std::string>(2), .inline_bytes = nullptr}});
    }
    return found;
}

std::vector<BlobNeed> Blobs::needs(const BlobNeedPosition& after, std::size_t limit) {
    return read_needs(
        db_.run("SELECT i.repository, i.digest, i.image, CASE WHEN EXISTS"
                " (SELECT 1 FROM repository_blob l JOIN blob b ON b.digest = l.digest"
                " WHERE l.repository = i.repository AND l.digest = i.digest) THEN 1 ELSE 0 END"
                " FROM image_blob i WHERE (i.repository, i.digest, i.image) > ($1, $2, $3)"
                " ORDER BY i.repository, i.digest, i.image LIMIT $4",
                after.repository, after.digest, after.image, limit));
}

std::vector<BlobNeed> Blobs::bin_needs(const BlobNeedPosition& after, std::size_t limit) {
    return read_needs(
        db_.run("SELECT i.repository, i.digest, i.image, CASE WHEN EXISTS"
                " (SELECT 1 FROM blob b WHERE b.digest = i.digest) THEN 1 ELSE 0 END"
                " FROM bin_blob i WHERE (i.digest, i.repository, i.image) > ($1, $2, $3)"
                " ORDER BY i.digest, i.repository, i.image LIMIT $4",
                after.digest, after.repository, after.image, limit));
}

void Blobs::forget(const model::Digest& digest) {
    db_.change("DELETE FROM repository_blob WHERE digest = $1", digest);
    db_.change("DELETE FROM blob_bytes WHERE digest = $1", digest);
    db_.change("DELETE FROM blob WHERE digest = $1", digest);
    forget_layer(db_, digest);
}

}  // namespace berth::store::sql
