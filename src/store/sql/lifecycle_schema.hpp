// The tables of lifecycle policies and their previews, and what an image keeps of its stays in the archive.
#pragma once

#include <string_view>

namespace berth::store::sql {

inline constexpr std::string_view lifecycle_schema = R"sql(
ALTER TABLE image ADD COLUMN last_archived_at BIGINT;
ALTER TABLE image ADD COLUMN last_activated_at BIGINT;
ALTER TABLE bin_image ADD COLUMN last_archived_at BIGINT;
ALTER TABLE bin_image ADD COLUMN last_activated_at BIGINT;

ALTER TABLE outbox ADD COLUMN detail {text} NOT NULL DEFAULT '';

CREATE TABLE lifecycle_policy (
    repository {id} PRIMARY KEY,
    policy {text} NOT NULL,
    version BIGINT NOT NULL,
    last_evaluated_at BIGINT NOT NULL,
    failures {text} NOT NULL
);

-- Images that came back from the recycle bin: no policy takes them before that time.
CREATE TABLE lifecycle_hold (
    repository BIGINT NOT NULL,
    image BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (repository, image)
) {clustered};

CREATE TABLE lifecycle_default (
    account {text} NOT NULL,
    region {text} NOT NULL,
    pattern {text} NOT NULL,
    policy {text} NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, region, pattern)
) {clustered};

CREATE TABLE lifecycle_preview (
    id {id} PRIMARY KEY,
    repository BIGINT NOT NULL,
    policy {text} NOT NULL,
    status {text} NOT NULL,
    expires_at BIGINT,
    expiring BIGINT NOT NULL,
    archiving BIGINT NOT NULL,
    replaced BIGINT NOT NULL,        -- 1: another one came, or the repository went: the row goes with its results
    due_at BIGINT                    -- when its results are to go; null: not yet, or they went
);
CREATE INDEX lifecycle_preview_repository ON lifecycle_preview (repository, id);
CREATE INDEX lifecycle_preview_due ON lifecycle_preview (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE lifecycle_preview_result (
    preview BIGINT NOT NULL,
    tagged BIGINT NOT NULL,          -- 0 or 1; first, so that each kind is a list of its own
    position BIGINT NOT NULL,
    digest {text} NOT NULL,
    tags {text} NOT NULL,            -- one a line
    pushed_at BIGINT NOT NULL,
    action {text} NOT NULL,
    rule_priority BIGINT NOT NULL,
    archived BIGINT NOT NULL,
    PRIMARY KEY (preview, tagged, position)
) {clustered};
CREATE INDEX lifecycle_preview_digest ON lifecycle_preview_result (preview, digest);
)sql";

}  // namespace berth::store::sql
