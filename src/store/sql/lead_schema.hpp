// Where subjects went for their referrers to follow: out of the repository, as before, or into the archive and back;
// and led there by a rule too, whose run may have been broken off between the two.
#pragma once

#include <string_view>

namespace berth::store::sql {

inline constexpr std::string_view lead_schema = R"sql(
CREATE TABLE lead (
    repository BIGINT NOT NULL,
    subject {text} NOT NULL,         -- its digest
    way {text} NOT NULL,
    at BIGINT NOT NULL,
    principal_arn {text} NOT NULL,
    lifecycle_rule BIGINT,           -- NULL: the referrers are the job's, else the next run's
    PRIMARY KEY (repository, subject)
) {clustered};
INSERT INTO lead (repository, subject, way, at, principal_arn)
    SELECT repository, digest, 'OUT', deleted_at, principal_arn FROM gone_subject;
DROP TABLE gone_subject;
)sql";

}  // namespace berth::store::sql
