#include "store/sql/repositories.hpp"

#include "store/sql/enum_text.hpp"
#include "store/sql/purge.hpp"

#include <stdexcept>
#include <string>

namespace berth::store::sql {
namespace {

// A filter never holds a line break: its alphabet is letters, digits and "._*-".
std::string join_exclusions(const std::vector<model::TagExclusionFilter>& exclusions) {
    std::string lines;
    for (const auto& exclusion : exclusions) {
        if (exclusion.filter.find('\n') != std::string::npos) throw std::logic_error("a tag filter has a line break");
        lines += exclusion.filter;
        lines += '\n';
    }
    return lines;
}

std::vector<model::TagExclusionFilter> split_exclusions(std::string_view lines) {
    std::vector<model::TagExclusionFilter> exclusions;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        exclusions.push_back({.filter = std::string(lines.substr(0, end))});
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    }
    return exclusions;
}

}  // namespace

model::Repository read_repository(const Rows& row) {
    return {
        .id = row.get<model::RepositoryId>(0),
        .registry = {.account = row.get<model::AccountId>(1), .region = row.get<model::Region>(2)},
        .name = row.get<model::RepositoryName>(3),
        .created_at = row.get<Timestamp>(4),
        .tag_mutability = {.value = parse_tag_mutability(row.get<std::string_view>(5)),
                           .exclusions = split_exclusions(row.get<std::string_view>(6))},
        .scan_on_push = row.get<bool>(7),
        .encryption = {.type = parse_encryption_type(row.get<std::string_view>(8)),
                       .kms_key = row.get<std::optional<std::string>>(9)},
    };
}

std::optional<model::Repository> Repositories::find(const model::Registry& registry,
                                                    const model::RepositoryName& name) {
    auto row = db_.run("SELECT " BERTH_REPOSITORY_COLUMNS
                       " FROM repository r WHERE r.account = $1 AND r.region = $2 AND r.name = $3"
                       " AND r.deleted_at IS NULL",
                       registry.account, registry.region, name);
    if (!row) return std::nullopt;
    return read_repository(row);
}

std::optional<model::Repository> Repositories::find(model::RepositoryId id) {
    auto row =
        db_.run("SELECT " BERTH_REPOSITORY_COLUMNS " FROM repository r WHERE r.id = $1 AND r.deleted_at IS NULL", id);
    if (!row) return std::nullopt;
    return read_repository(row);
}

std::vector<model::Repository> Repositories::page(const model::Registry& registry, std::string_view after,
                                                  std::size_t limit) {
    std::vector<model::Repository> found;
    for (auto row = db_.run("SELECT " BERTH_REPOSITORY_COLUMNS
                            " FROM repository r WHERE r.account = $1 AND r.region = $2 AND r.name > $3"
                            " AND r.deleted_at IS NULL ORDER BY r.name LIMIT $4",
                            registry.account, registry.region, after, limit);
         row; row.next()) {
        found.push_back(read_repository(row));
    }
    return found;
}

Inserted Repositories::insert(const model::Repository& repository) {
    const auto rows = db_.change(
        "INSERT INTO repository (id, account, region, name, created_at, tag_mutability, tag_exclusions, scan_on_push,"
        " encryption, kms_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (account, region, name) WHERE deleted_at IS NULL DO NOTHING",
        repository.id, repository.registry.account, repository.registry.region, repository.name, repository.created_at,
        to_text(repository.tag_mutability.value), join_exclusions(repository.tag_mutability.exclusions),
        repository.scan_on_push, to_text(repository.encryption.type), repository.encryption.kms_key);
    return rows == 0 ? Inserted::no : Inserted::yes;
}

void Repositories::set_tag_mutability(model::RepositoryId id, const model::TagMutabilityRule& rule) {
    db_.change("UPDATE repository SET tag_mutability = $2, tag_exclusions = $3 WHERE id = $1", id, to_text(rule.value),
               join_exclusions(rule.exclusions));
}

void Repositories::mark_deleted(model::RepositoryId id, Timestamp now) {
    db_.change("UPDATE repository SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL", id, now);
}

std::size_t Repositories::purge(std::size_t limit) {
    return purge_deleted(db_, limit);
}

std::vector<model::ResourceTag> Repositories::resource_tags(model::RepositoryId id) {
    std::vector<model::ResourceTag> tags;
    for (auto row = db_.run("SELECT key, value FROM resource_tag WHERE repository = $1 ORDER BY key", id); row;
         row.next()) {
        tags.push_back({.key = row.get<std::string>(0), .value = row.get<std::string>(1)});
    }
    return tags;
}

void Repositories::put_resource_tag(model::RepositoryId id, const model::ResourceTag& tag) {
    db_.change(
        "INSERT INTO resource_tag (repository, key, value) VALUES ($1, $2, $3)"
        " ON CONFLICT (repository, key) DO UPDATE SET value = excluded.value",
        id, tag.key, tag.value);
}

void Repositories::erase_resource_tag(model::RepositoryId id, std::string_view key) {
    db_.change("DELETE FROM resource_tag WHERE repository = $1 AND key = $2", id, key);
}

}  // namespace berth::store::sql
