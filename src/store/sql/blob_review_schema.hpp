// Reviews of blobs, and one index for every list of images.
//
// - repository_blob.review_at: from when on the blob may leave the repository if no image of it needs it. NULL is a
//   promise that one does: whoever takes an image away sets it. The partial index is the queue.
// - A blob has a row only while a repository has it: the last one to let go takes it away and notes its key.
// - tag_digest has all that the tags of an image are asked for. Without the time in it the planner preferred to read
//   every tag of the repository.
// - image_list serves each filter by a few ranges of (status, tagged), so a rare status costs what it returns.
#pragma once

#include <string_view>

namespace berth::store::sql {

inline constexpr std::string_view blob_review_schema = R"sql(
ALTER TABLE repository_blob ADD COLUMN review_at BIGINT;
UPDATE repository_blob SET review_at = linked_at + 86400000 WHERE NOT EXISTS
    (SELECT 1 FROM image_blob i WHERE i.repository = repository_blob.repository AND i.digest = repository_blob.digest);
CREATE INDEX repository_blob_review ON repository_blob (review_at, repository, digest) WHERE review_at IS NOT NULL;

INSERT INTO discarded_key (key, discarded_at) SELECT b.key, b.created_at FROM blob b WHERE b.key <> '' AND NOT EXISTS
    (SELECT 1 FROM repository_blob l WHERE l.digest = b.digest) ON CONFLICT (key) DO NOTHING;
DELETE FROM blob_bytes WHERE NOT EXISTS (SELECT 1 FROM repository_blob l WHERE l.digest = blob_bytes.digest);
DELETE FROM blob WHERE NOT EXISTS (SELECT 1 FROM repository_blob l WHERE l.digest = blob.digest);
DROP TABLE blob_review;

DROP INDEX tag_digest;
CREATE INDEX tag_digest ON tag (repository, digest, name, updated_at);
DROP INDEX image_untagged;
CREATE INDEX image_list ON image (repository, status, tagged, digest);
)sql";

}  // namespace berth::store::sql
