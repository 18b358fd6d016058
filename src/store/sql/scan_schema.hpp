// The tables of scanning.
#pragma once

#include <string_view>

namespace berth::store::sql {

inline constexpr std::string_view scan_schema = R"sql(
CREATE TABLE scanning_configuration (
    account {text} NOT NULL,
    region {text} NOT NULL,
    scan_type {text} NOT NULL,
    rules {text} NOT NULL,           -- one a line: its frequency and its filters, with spaces between
    tag_patterns {text} NOT NULL,    -- one a line
    PRIMARY KEY (account, region)
) {clustered};

CREATE TABLE image_scan (
    image {id} PRIMARY KEY,
    repository BIGINT NOT NULL,
    scan_type {text} NOT NULL,
    state {text} NOT NULL,
    continuous BIGINT NOT NULL,
    retryable BIGINT NOT NULL,
    reason {text} NOT NULL,
    requested_at BIGINT NOT NULL,
    completed_at BIGINT,
    source_updated_at BIGINT,
    generation {text} NOT NULL,
    revision BIGINT NOT NULL,
    undefined_count BIGINT NOT NULL,
    informational_count BIGINT NOT NULL,
    low_count BIGINT NOT NULL,
    medium_count BIGINT NOT NULL,
    high_count BIGINT NOT NULL,
    critical_count BIGINT NOT NULL
);
CREATE INDEX image_scan_retryable ON image_scan (image) WHERE retryable = 1;

CREATE TABLE image_findings (
    image {id} PRIMARY KEY,
    bytes {bytes} NOT NULL
);

CREATE TABLE scan_queue (
    image {id} PRIMARY KEY,
    repository BIGINT NOT NULL,
    turn BIGINT NOT NULL,            -- grows by one within a repository; the smallest is next
    ready BIGINT NOT NULL,           -- 0: somebody holds it, or it waits to be tried again, until due_at
    due_at BIGINT NOT NULL,
    owner {text} NOT NULL,           -- empty: nobody holds it
    attempts BIGINT NOT NULL
);
CREATE INDEX scan_queue_ready ON scan_queue (turn, image) WHERE ready = 1;
CREATE INDEX scan_queue_due ON scan_queue (due_at) WHERE ready = 0;
CREATE INDEX scan_queue_owner ON scan_queue (owner) WHERE owner <> '';
CREATE INDEX scan_queue_repository ON scan_queue (repository, turn);

CREATE TABLE scan_suppression (
    account {text} NOT NULL,
    region {text} NOT NULL,
    name {text} NOT NULL,
    vulnerability {text} NOT NULL,
    package {text} NOT NULL,
    repository {text} NOT NULL,
    tags {text} NOT NULL,            -- one a line
    reason {text} NOT NULL,
    until BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, region, name)
) {clustered};
)sql";

// Version 8: to find continuous scans that are behind their engine's data.
inline constexpr std::string_view scans_behind_schema = R"sql(
CREATE INDEX image_scan_behind ON image_scan (generation) WHERE continuous = 1 AND state = 'COMPLETE';
)sql";

}  // namespace berth::store::sql
