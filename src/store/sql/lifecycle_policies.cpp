#include "store/sql/lifecycle.hpp"

namespace berth::store::sql {

std::optional<LifecyclePolicy> Lifecycle::policy(model::RepositoryId repository) {
    auto row = db_.run(
        "SELECT repository, policy, version, last_evaluated_at, failures FROM lifecycle_policy WHERE repository = $1",
        repository);
    if (!row) return std::nullopt;
    return LifecyclePolicy{.repository = row.get<model::RepositoryId>(0),
                           .text = row.get<std::string>(1),
                           .version = row.get<std::int64_t>(2),
                           .last_evaluated_at = row.get<Timestamp>(3),
                           .failures = row.get<std::string>(4)};
}

bool Lifecycle::has_policy(model::RepositoryId repository) {
    return static_cast<bool>(db_.run("SELECT 1 FROM lifecycle_policy WHERE repository = $1", repository));
}

void Lifecycle::put_policy(const LifecyclePolicy& policy) {
    db_.change(
        "INSERT INTO lifecycle_policy (repository, policy, version, last_evaluated_at, failures)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (repository) DO UPDATE SET policy = excluded.policy,"
        " version = excluded.version, last_evaluated_at = excluded.last_evaluated_at, failures = excluded.failures",
        policy.repository, policy.text, policy.version, policy.last_evaluated_at, policy.failures);
}

void Lifecycle::erase_policy(model::RepositoryId repository) {
    db_.change("DELETE FROM lifecycle_policy WHERE repository = $1", repository);
}

void Lifecycle::note_evaluation(const LifecyclePolicy& policy) {
    db_.change(
        "UPDATE lifecycle_policy SET last_evaluated_at = $3, failures = $4 WHERE repository = $1 AND version = $2",
        policy.repository, policy.version, policy.last_evaluated_at, policy.failures);
}

std::vector<model::RepositoryId> Lifecycle::repositories_with_policy(model::RepositoryId after, std::size_t limit) {
    std::vector<model::RepositoryId> found;
    for (auto row =
             db_.run("SELECT repository FROM lifecycle_policy WHERE repository > $1 ORDER BY repository LIMIT $2",
                     after, limit);
         row; row.next()) {
        found.push_back(row.get<model::RepositoryId>(0));
    }
    return found;
}

void Lifecycle::hold(model::RepositoryId repository, model::ImageRowId image, Timestamp until) {
    db_.change(
        "INSERT INTO lifecycle_hold (repository, image, until) VALUES ($1, $2, $3)"
        " ON CONFLICT (repository, image) DO UPDATE SET until = excluded.until WHERE lifecycle_hold.until < $3",
        repository, image, until);
}

std::vector<model::ImageRowId> Lifecycle::held(model::RepositoryId repository, Timestamp now) {
    std::vector<model::ImageRowId> images;
    for (auto row = db_.run("SELECT image FROM lifecycle_hold WHERE repository = $1 AND until > $2 ORDER BY image",
                            repository, now);
         row; row.next()) {
        images.push_back(row.get<model::ImageRowId>(0));
    }
    return images;
}

std::vector<DefaultLifecyclePolicy> Lifecycle::defaults(const model::Registry& registry) {
    std::vector<DefaultLifecyclePolicy> found;
    for (auto row = db_.run("SELECT pattern, policy, version FROM lifecycle_default WHERE account = $1 AND region = $2"
                            " ORDER BY pattern",
                            registry.account, registry.region);
         row; row.next()) {
        found.push_back(
            {.pattern = row.get<std::string>(0), .text = row.get<std::string>(1), .version = row.get<std::int64_t>(2)});
    }
    return found;
}

void Lifecycle::put_default(const model::Registry& registry, const DefaultLifecyclePolicy& policy) {
    db_.change(
        "INSERT INTO lifecycle_default (account, region, pattern, policy, version) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (account, region, pattern) DO UPDATE SET policy = excluded.policy, version = excluded.version",
        registry.account, registry.region, policy.pattern, policy.text, policy.version);
}

bool Lifecycle::erase_default(const model::Registry& registry, std::string_view pattern) {
    return db_.change("DELETE FROM lifecycle_default WHERE account = $1 AND region = $2 AND pattern = $3",
                      registry.account, registry.region, pattern) == 1;
}

std::vector<model::Registry> Lifecycle::registries_with_defaults() {
    std::vector<model::Registry> found;
    for (auto row = db_.run("SELECT DISTINCT account, region FROM lifecycle_default ORDER BY account, region"); row;
         row.next()) {
        found.push_back({.account = row.get<model::AccountId>(0), .region = row.get<model::Region>(1)});
    }
    return found;
}

}  // namespace berth::store::sql
