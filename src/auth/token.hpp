// Authorization tokens: what GetAuthorizationToken hands out and docker sends back as a password.
//
// A token is a signed statement about its holder; nothing is stored, so every node that has the key can check it. It
// lives twelve hours from its issue, whatever happens to it, as ECR's does.
#pragma once

#include "auth/mac.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "iam/principal.hpp"
#include "model/names.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace berth::auth {

inline constexpr std::chrono::hours token_lifetime{12};

struct TokenClaims {
    iam::Principal principal;
    model::Region region;  // with the principal's account: the registry the token is for
    Timestamp issued_at;
    Timestamp expires_at;

    [[nodiscard]] model::Registry registry() const { return {.account = principal.account, .region = region}; }
};

// The password: base64 text, under 600 characters for everything this server issues. No claim may contain a control
// character (they come from names that were checked); std::invalid_argument otherwise.
[[nodiscard]] std::string issue_token(const StatementKey& key, const TokenClaims& claims);

// Faults: unauthenticated (not ours, or damaged), token_expired.
[[nodiscard]] Result<TokenClaims> verify_token(const StatementKey& key, std::string_view password, Timestamp now);

// The user name that goes with every token.
inline constexpr std::string_view token_user = "AWS";

}  // namespace berth::auth
