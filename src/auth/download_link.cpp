#include "auth/download_link.hpp"

#include "auth/lines.hpp"
#include "base/encoding.hpp"

namespace berth::auth {

namespace {

constexpr std::string_view purpose = "download link";
constexpr std::string_view version = "1";
constexpr std::size_t longest_ticket = 4096;

std::unexpected<Fault> not_authorized() {
    return fail(FaultKind::unauthenticated, "Not Authorized");
}

}  // namespace

std::string download_target(const StatementKey& key, const DownloadLink& link) {
    const auto& who = link.principal;
    const auto statement = join_lines({version, link.registry.account.text(), link.registry.region.text(),
                                       link.repository.text(), link.digest.text(), who.account.text(), who.arn,
                                       who.user_id, who.access_key_id, to_text(link.expires_at)});
    std::string target("/v2/");
    target += link.repository.text();
    target += "/blobs/";
    target += link.digest.text();
    target += '?';
    target += link_parameter;
    target += '=';
    target += percent_encode(to_base64(key.sign(purpose, statement)));
    return target;
}

Result<DownloadLink> verify_download(const StatementKey& key, std::string_view ticket,
                                     const model::RepositoryName& repository, const model::Digest& digest,
                                     Timestamp now) {
    if (ticket.size() > longest_ticket) return not_authorized();
    const auto bytes = from_base64(ticket);
    std::string_view statement;
    if (!bytes || !key.verify(purpose, *bytes, statement)) return not_authorized();
    const auto fields = split_lines(statement, 10);
    if (!fields || (*fields)[0] != version) return not_authorized();
    if ((*fields)[3] != repository.text() || (*fields)[4] != digest.text()) return not_authorized();
    const auto account = model::AccountId::parse((*fields)[1]);
    const auto region = model::Region::parse((*fields)[2]);
    const auto holder = model::AccountId::parse((*fields)[5]);
    const auto expires = parse_time((*fields)[9]);
    if (!account || !region || !holder || !expires) return not_authorized();
    if (now >= *expires) return fail(FaultKind::token_expired, "The download link has expired.");
    return DownloadLink{.registry = {.account = *account, .region = *region},
                        .repository = repository,
                        .digest = digest,
                        .principal = {.arn = std::string((*fields)[6]),
                                      .account = *holder,
                                      .user_id = std::string((*fields)[7]),
                                      .access_key_id = std::string((*fields)[8])},
                        .expires_at = *expires};
}

}  // namespace berth::auth
