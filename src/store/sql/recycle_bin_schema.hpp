// The tables of the recycle bin, and who caused an event. What is in the bin has rows of its own, so that no query of
// the registry can see it by mistake; only its manifest stays where it is, under the image's id.
#pragma once

#include <string_view>

namespace berth::store::sql {

inline constexpr std::string_view recycle_bin_schema = R"sql(
CREATE TABLE bin_image (
    id {id} PRIMARY KEY,             -- the id the image had, and has again when it comes back
    account {text} NOT NULL,
    region {text} NOT NULL,
    repository BIGINT NOT NULL,
    digest {text} NOT NULL,
    media_type {text} NOT NULL,
    artifact_type {text},
    manifest_size BIGINT NOT NULL,
    image_size BIGINT NOT NULL,
    subject {text},
    annotations {text} NOT NULL,
    pushed_at BIGINT NOT NULL,
    last_pulled_at BIGINT,
    status {text} NOT NULL,
    deleted_at BIGINT NOT NULL,
    principal_arn {text} NOT NULL,   -- empty: a lifecycle rule deleted it
    lifecycle_rule BIGINT
);
CREATE UNIQUE INDEX bin_image_digest ON bin_image (repository, digest);
CREATE INDEX bin_image_repository ON bin_image (repository, deleted_at, id);
CREATE INDEX bin_image_registry ON bin_image (account, region, deleted_at, id);
CREATE INDEX bin_image_deleted ON bin_image (deleted_at, id);

CREATE TABLE bin_tag (
    repository BIGINT NOT NULL,
    name {text} NOT NULL,
    deleted_at BIGINT NOT NULL,      -- of the image: the latest is the one a tag names
    image BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (repository, name, deleted_at, image)
) {clustered};
CREATE INDEX bin_tag_image ON bin_tag (image, updated_at, name);

-- Which blobs must be kept for an image in the bin, found from the blob, in one repository or in any.
CREATE TABLE bin_blob (
    digest {text} NOT NULL,
    repository BIGINT NOT NULL,
    image BIGINT NOT NULL,
    PRIMARY KEY (digest, repository, image)
) {clustered};
CREATE INDEX bin_blob_image ON bin_blob (image);

ALTER TABLE outbox ADD COLUMN principal_arn {text} NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN lifecycle_rule BIGINT;
)sql";

}  // namespace berth::store::sql
