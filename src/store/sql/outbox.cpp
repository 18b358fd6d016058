#include "store/sql/outbox.hpp"

#include <string>

namespace berth::store::sql {

void Outbox::append(const Event& event) {
    db_.change(
        "INSERT INTO outbox (id, account, region, kind, repository, digest, tag, media_type, at,"
        " principal_arn, lifecycle_rule, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        event.id, event.registry.account, event.registry.region, event.kind, event.repository, event.digest, event.tag,
        event.media_type, event.at, event.cause.principal_arn, event.cause.lifecycle_rule, event.detail);
}

std::vector<Event> Outbox::page(std::int64_t after, std::size_t limit) {
    std::vector<Event> found;
    for (auto row = db_.run("SELECT id, account, region, kind, repository, digest, tag, media_type, at, principal_arn,"
                            " lifecycle_rule, detail FROM outbox"
                            " WHERE id > $1 ORDER BY id LIMIT $2",
                            after, limit);
         row; row.next()) {
        found.push_back({
            .id = row.get<std::int64_t>(0),
            .registry = {.account = row.get<model::AccountId>(1), .region = row.get<model::Region>(2)},
            .kind = row.get<std::string>(3),
            .repository = row.get<std::string>(4),
            .digest = row.get<std::string>(5),
            .tag = row.get<std::string>(6),
            .media_type = row.get<std::string>(7),
            .at = row.get<Timestamp>(8),
            .cause = {.principal_arn = row.get<std::string>(9), .lifecycle_rule = row.get<std::optional<int>>(10)},
            .detail = row.get<std::string>(11),
        });
    }
    return found;
}

std::size_t Outbox::trim(Timestamp before, std::size_t limit) {
    return static_cast<std::size_t>(db_.change(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE at < $1 ORDER BY at LIMIT $2)", before, limit));
}

std::int64_t Outbox::reached(std::string_view reader) {
    auto row = db_.run("SELECT CAST(value AS BIGINT) FROM setting WHERE name = 'outbox.' || $1", reader);
    return row ? row.get<std::int64_t>(0) : 0;
}

void Outbox::set_reached(std::string_view reader, std::int64_t event) {
    db_.change(
        "INSERT INTO setting (name, value) VALUES ('outbox.' || $1, $2)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        reader, std::to_string(event));
}

}  // namespace berth::store::sql
