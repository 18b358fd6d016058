// Which repository has which blob, why, and until when: what images, blobs and the purge of repositories share.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

#include <optional>
#include <string_view>

namespace berth::store::sql {

// Does anything in the repository need the blob? The one place that knows what counts as needing.
[[nodiscard]] bool is_referenced(Connection& db, model::RepositoryId repository, const model::Digest& digest);

// Takes the blob out of the repository; the last one to let go takes the blob's rows with it.
std::optional<ForgottenBlob> unlink(Connection& db, model::RepositoryId repository, const model::Digest& digest,
                                    Timestamp now);

// The bytes under `key` are needed by nothing; doing it twice is fine.
void discard_key(Connection& db, std::string_view key, Timestamp now);

}  // namespace berth::store::sql
