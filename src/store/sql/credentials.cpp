#include "store/sql/credentials.hpp"

#include <stdexcept>

namespace berth::store::sql {

std::optional<AccessKey> Credentials::find(std::string_view access_key_id) {
    auto row = db_.run(
        "SELECT id, principal_arn, account, user_id, sealed_secret, created_at FROM access_key"
        " WHERE id = $1",
        access_key_id);
    if (!row) return std::nullopt;
    return AccessKey{
        .id = row.get<std::string>(0),
        .principal_arn = row.get<std::string>(1),
        .account = row.get<model::AccountId>(2),
        .user_id = row.get<std::string>(3),
        .sealed_secret = row.get<std::string>(4),
        .created_at = row.get<Timestamp>(5),
    };
}

void Credentials::put(const AccessKey& key) {
    db_.change(
        "INSERT INTO access_key (id, principal_arn, account, user_id, sealed_secret, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET principal_arn = excluded.principal_arn,"
        " account = excluded.account, user_id = excluded.user_id, sealed_secret = excluded.sealed_secret,"
        " created_at = excluded.created_at",
        key.id, key.principal_arn, key.account, key.user_id, key.sealed_secret, key.created_at);
}

void Credentials::erase_others(std::string_view principal_arn, std::string_view kept_id) {
    db_.change("DELETE FROM access_key WHERE principal_arn = $1 AND id <> $2", principal_arn, kept_id);
}

std::string Credentials::put_setting_if_absent(std::string_view name, std::string_view value) {
    db_.change("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, value);
    auto row = db_.run("SELECT value FROM setting WHERE name = $1", name);
    if (!row) throw std::logic_error("a setting is gone right after it was written");
    return row.get<std::string>(0);
}

}  // namespace berth::store::sql
