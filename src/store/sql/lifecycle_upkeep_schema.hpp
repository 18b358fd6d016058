// What lifecycle policies remember beside themselves: when a repository was evaluated, whatever policy governs it;
// which subjects went whose referrers are to follow; and the results of previews, many a row.
#pragma once

#include <string_view>

namespace berth::store::sql {

inline constexpr std::string_view lifecycle_upkeep_schema = R"sql(
CREATE TABLE lifecycle_evaluation (
    repository {id} PRIMARY KEY,
    version BIGINT NOT NULL,         -- of the policy that was evaluated: of another one this says nothing
    last_evaluated_at BIGINT NOT NULL,
    failures {text} NOT NULL
);
INSERT INTO lifecycle_evaluation (repository, version, last_evaluated_at, failures)
    SELECT repository, version, last_evaluated_at, failures FROM lifecycle_policy;
ALTER TABLE lifecycle_policy DROP COLUMN last_evaluated_at;
ALTER TABLE lifecycle_policy DROP COLUMN failures;

CREATE TABLE gone_subject (
    repository BIGINT NOT NULL,
    digest {text} NOT NULL,
    deleted_at BIGINT NOT NULL,
    principal_arn {text} NOT NULL,
    PRIMARY KEY (repository, digest)
) {clustered};
CREATE INDEX bin_image_subject ON bin_image (repository, subject, deleted_at, id) WHERE subject IS NOT NULL;

-- A preview is kept for a day and can be started again: those of the old form go.
DELETE FROM lifecycle_preview;
DROP INDEX lifecycle_preview_digest;
DROP TABLE lifecycle_preview_result;

CREATE TABLE lifecycle_preview_block (
    preview BIGINT NOT NULL,
    tagged BIGINT NOT NULL,          -- 0 or 1; first, so that each kind is a list of its own
    last BIGINT NOT NULL,            -- the position of its last result
    results {text} NOT NULL,         -- one a line
    PRIMARY KEY (preview, tagged, last)
) {clustered};

CREATE TABLE lifecycle_preview_place (   -- where the result of an image stands
    preview BIGINT NOT NULL,
    last {text} NOT NULL,            -- its last digest
    places {text} NOT NULL,          -- by digest, one a line
    PRIMARY KEY (preview, last)
) {clustered};
)sql";

}  // namespace berth::store::sql
