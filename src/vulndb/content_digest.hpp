// What a database says, as one number: the same for the same feeds, however they came in. Its generation is the
// beginning of it, and a bundle from elsewhere is held against the whole.
#pragma once

#include "vulndb/feed.hpp"
#include "vulndb/generation_file.hpp"
#include "vulndb/sqlite_session.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace berth::vulndb {

inline constexpr std::size_t generation_digits = 16;

// SHA-256, in hexadecimal, over the records, the enrichments and the advice on every package. Reads it all.
[[nodiscard]] std::string content_digest(Session& database, const std::vector<StoredFeed>& feeds);

}  // namespace berth::vulndb
