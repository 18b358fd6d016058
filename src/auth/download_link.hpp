// Links to one blob that work without an Authorization header for a while: GetDownloadUrlForLayer hands them out, the
// data plane honours them. The holder may do what the principal who asked for the link could: read this blob.
#pragma once

#include "auth/mac.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "iam/principal.hpp"
#include "model/digest.hpp"
#include "model/names.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace berth::auth {

inline constexpr std::chrono::hours link_lifetime{1};

// The query parameter that carries the ticket.
inline constexpr std::string_view link_parameter = "berth-ticket";

struct DownloadLink {
    model::Registry registry;
    model::RepositoryName repository;
    model::Digest digest;
    iam::Principal principal;
    Timestamp expires_at;
};

// Path and query on this server: /v2/NAME/blobs/DIGEST?berth-ticket=...
[[nodiscard]] std::string download_target(const StatementKey& key, const DownloadLink& link);

// `ticket` is the decoded value of the query parameter; repository and digest are those of the path it came with.
// Faults: unauthenticated (not ours, or of another blob), token_expired.
[[nodiscard]] Result<DownloadLink> verify_download(const StatementKey& key, std::string_view ticket,
                                                   const model::RepositoryName& repository, const model::Digest& digest,
                                                   Timestamp now);

}  // namespace berth::auth
