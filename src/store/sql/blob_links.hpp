// Which repository has which blob, why, and until when: what images, blobs and the purge of repositories share.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

#include <optional>
#include <string_view>

namespace berth::store::sql {

// Does an image of the repository name the blob? What is in the recycle bin is no image to anybody.
[[nodiscard]] bool is_named_by_image(Connection& db, model::RepositoryId repository, const model::Digest& digest);

// Does an image of the repository need the blob, or one in its recycle bin? The one place that knows what counts.
[[nodiscard]] bool is_referenced(Connection& db, model::RepositoryId repository, const model::Digest& digest);

// Some need of the repository for the blob is gone. When it was the last, the repository lets go of the blob at
// `review_at` (a row that has its time keeps the later one: a client may have been promised it), or at once where it
// has the blob no longer. true: it was the last.
bool release(Connection& db, model::RepositoryId repository, const model::Digest& digest, Timestamp review_at,
             Timestamp now);

// Takes the blob out of the repository; the last one to let go takes the blob's rows with it, unless an image in a
// recycle bin needs them.
std::optional<ForgottenBlob> unlink(Connection& db, model::RepositoryId repository, const model::Digest& digest,
                                    Timestamp now);

// The bytes under `key` are needed by nothing; doing it twice is fine.
void discard_key(Connection& db, std::string_view key, Timestamp now);

}  // namespace berth::store::sql
