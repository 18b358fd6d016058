#include "auth/token.hpp"

#include "auth/lines.hpp"
#include "base/encoding.hpp"

namespace berth::auth {

namespace {

constexpr std::string_view purpose = "authorization token";
constexpr std::string_view version = "1";
constexpr std::size_t longest_password = 4096;

std::unexpected<Fault> not_authorized() {
    return fail(FaultKind::unauthenticated, "Not Authorized");
}

}  // namespace

std::string issue_token(const StatementKey& key, const TokenClaims& claims) {
    const auto& who = claims.principal;
    const auto statement = join_lines({version, who.account.text(), claims.region.text(), who.arn, who.user_id,
                                       who.access_key_id, to_text(claims.issued_at), to_text(claims.expires_at)});
    return to_base64(key.sign(purpose, statement));
}

Result<TokenClaims> verify_token(const StatementKey& key, std::string_view password, Timestamp now) {
    if (password.size() > longest_password) return not_authorized();
    const auto bytes = from_base64(password);
    std::string_view statement;
    if (!bytes || !key.verify(purpose, *bytes, statement)) return not_authorized();
    const auto fields = split_lines(statement, 8);
    if (!fields || (*fields)[0] != version) return not_authorized();
    const auto account = model::AccountId::parse((*fields)[1]);
    const auto region = model::Region::parse((*fields)[2]);
    const auto issued = parse_time((*fields)[6]);
    const auto expires = parse_time((*fields)[7]);
    if (!account || !region || !issued || !expires) return not_authorized();
    if (now >= *expires) {
        return fail(FaultKind::token_expired, "Your authorization token has expired. Reauthenticate and try again.");
    }
    return TokenClaims{.principal = {.arn = std::string((*fields)[3]),
                                     .account = *account,
                                     .user_id = std::string((*fields)[4]),
                                     .access_key_id = std::string((*fields)[5])},
                       .region = *region,
                       .issued_at = *issued,
                       .expires_at = *expires};
}

}  // namespace berth::auth
