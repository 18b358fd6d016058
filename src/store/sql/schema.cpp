// The tables. Why they look as they do:
// - No foreign keys. Only the functions of this folder write, each keeps its own references, and a repository with a
//   million images is removed in bounded steps in which a check per row would buy nothing.
// - Rows that are paged through or updated are small: bytes of manifests and blobs have tables of their own.
// - Every list is read in the order of an index, from where the last page ended. A test holds all plans against that.
// - Text compares byte by byte ({text} says so for each column), as tag lists and page positions need it.
// - Times are milliseconds since 1970, flags are 0 or 1, ids are chosen by the program (base/random.hpp).
#include "store/sql/blob_review_schema.hpp"
#include "store/sql/inventory_schema.hpp"
#include "store/sql/lead_schema.hpp"
#include "store/sql/lifecycle_schema.hpp"
#include "store/sql/lifecycle_upkeep_schema.hpp"
#include "store/sql/migrations.hpp"
#include "store/sql/recycle_bin_schema.hpp"
#include "store/sql/scan_schema.hpp"

namespace berth::store::sql {
namespace {

constexpr std::string_view version_1 = R"sql(
CREATE TABLE repository (
    id {id} PRIMARY KEY,
    account {text} NOT NULL,
    region {text} NOT NULL,
    name {text} NOT NULL,
    created_at BIGINT NOT NULL,
    tag_mutability {text} NOT NULL,
    tag_exclusions {text} NOT NULL,  -- one filter a line
    scan_on_push BIGINT NOT NULL,
    encryption {text} NOT NULL,
    kms_key {text},
    deleted_at BIGINT                -- set: the name is free, purge removes the rest
);
CREATE UNIQUE INDEX repository_name ON repository (account, region, name) WHERE deleted_at IS NULL;
CREATE INDEX repository_deleted ON repository (deleted_at, id) WHERE deleted_at IS NOT NULL;

CREATE TABLE resource_tag (
    repository BIGINT NOT NULL,
    key {text} NOT NULL,
    value {text} NOT NULL,
    PRIMARY KEY (repository, key)
) {clustered};

CREATE TABLE image (
    id {id} PRIMARY KEY,
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
    tagged BIGINT NOT NULL           -- 1 exactly when a row of tag names it: untagged images are a list of their own
);
CREATE UNIQUE INDEX image_digest ON image (repository, digest);
CREATE INDEX image_untagged ON image (repository, digest) WHERE tagged = 0;
CREATE INDEX image_subject ON image (repository, subject, digest) WHERE subject IS NOT NULL;

CREATE TABLE manifest (
    image {id} PRIMARY KEY,
    bytes {bytes} NOT NULL
);

CREATE TABLE tag (
    repository BIGINT NOT NULL,
    name {text} NOT NULL,
    digest {text} NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (repository, name)
) {clustered};
CREATE INDEX tag_digest ON tag (repository, digest, name);

-- Which blobs an image needs, found from the blob (may it go?) and from the image (its removal).
CREATE TABLE image_blob (
    repository BIGINT NOT NULL,
    digest {text} NOT NULL,
    image BIGINT NOT NULL,
    PRIMARY KEY (repository, digest, image)
) {clustered};
CREATE INDEX image_blob_image ON image_blob (image);

-- Which manifests an index names, present or not.
CREATE TABLE image_child (
    repository BIGINT NOT NULL,
    child {text} NOT NULL,
    parent BIGINT NOT NULL,
    PRIMARY KEY (repository, child, parent)
) {clustered};
CREATE INDEX image_child_parent ON image_child (parent);

CREATE TABLE blob (
    digest {text} PRIMARY KEY,
    size BIGINT NOT NULL,
    key {text} NOT NULL,             -- empty: the bytes are in blob_bytes
    created_at BIGINT NOT NULL
) {clustered};

CREATE TABLE blob_bytes (
    digest {text} PRIMARY KEY,
    bytes {bytes} NOT NULL
);

CREATE TABLE repository_blob (
    repository BIGINT NOT NULL,
    digest {text} NOT NULL,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (repository, digest)
) {clustered};
CREATE INDEX repository_blob_digest ON repository_blob (digest, repository);

CREATE TABLE discarded_key (
    key {text} PRIMARY KEY,
    discarded_at BIGINT NOT NULL
) {clustered};

CREATE TABLE blob_review (           -- blobs that lost a repository: does any still have them?
    digest {text} PRIMARY KEY
) {clustered};

CREATE TABLE upload (
    id {text} PRIMARY KEY,
    repository BIGINT NOT NULL,
    principal_arn {text} NOT NULL,
    key {text} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_part_bytes BIGINT NOT NULL,
    short_part_followed BIGINT NOT NULL
) {clustered};
CREATE INDEX upload_expiry ON upload (expires_at);
CREATE INDEX upload_repository ON upload (repository);

CREATE TABLE upload_bytes (          -- of uploads that are still small
    upload {text} PRIMARY KEY,
    bytes {bytes} NOT NULL
);

CREATE TABLE outbox (
    id {id} PRIMARY KEY,
    account {text} NOT NULL,
    region {text} NOT NULL,
    kind {text} NOT NULL,
    repository {text} NOT NULL,
    digest {text} NOT NULL,          -- empty where the event is not about an image
    tag {text} NOT NULL,
    media_type {text} NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX outbox_at ON outbox (at);

CREATE TABLE job (
    id {id} PRIMARY KEY,
    kind {text} NOT NULL,
    key {text} NOT NULL,
    payload {text} NOT NULL,
    run_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,          -- run_at, or the end of the lease while one is held
    owner {text} NOT NULL,           -- empty: nobody holds it
    attempts BIGINT NOT NULL,
    last_error {text} NOT NULL
);
CREATE UNIQUE INDEX job_key ON job (kind, key);
CREATE INDEX job_due ON job (due_at, id);

CREATE TABLE access_key (
    id {text} PRIMARY KEY,
    principal_arn {text} NOT NULL,
    account {text} NOT NULL,
    user_id {text} NOT NULL,
    sealed_secret {text} NOT NULL,
    created_at BIGINT NOT NULL
) {clustered};

CREATE TABLE setting (
    name {text} PRIMARY KEY,
    value {text} NOT NULL
) {clustered};
)sql";

constexpr Migration steps[] = {
    {.version = 1, .text = version_1},
    {.version = 2, .text = blob_review_schema},
    {.version = 3, .text = recycle_bin_schema},
    {.version = 4, .text = lifecycle_schema},
    {.version = 5, .text = scan_schema},
    {.version = 6, .text = inventory_schema},
    {.version = 7, .text = lifecycle_upkeep_schema},
    {.version = 8, .text = scans_behind_schema},
    {.version = 9, .text = shared_findings_schema},
    {.version = 10, .text = lead_schema},
};

}  // namespace

std::span<const Migration> migrations() {
    return steps;
}

}  // namespace berth::store::sql
