#include "store/sql/enum_text.hpp"
#include "store/sql/lifecycle.hpp"

namespace berth::store::sql {

namespace {

#define BERTH_LEAD_COLUMNS "subject, way, at, principal_arn, lifecycle_rule"

Lead read_lead(const Rows& row) {
    return {.subject = row.get<model::Digest>(0),
            .way = parse_way(row.get<std::string_view>(1)),
            .at = row.get<Timestamp>(2),
            .cause = {.principal_arn = row.get<std::string>(3), .lifecycle_rule = row.get<std::optional<int>>(4)}};
}

}  // namespace

std::optional<LifecyclePolicy> Lifecycle::policy(model::RepositoryId repository) {
    std::optional<LifecyclePolicy> found;
    if (auto row = db_.run("SELECT policy, version FROM lifecycle_policy WHERE repository = $1", repository)) {
        found = {.repository = repository, .text = row.get<std::string>(0), .version = row.get<std::int64_t>(1)};
    }
    if (found) found->evaluation = evaluation(repository, found->version);
    return found;
}

bool Lifecycle::has_policy(model::RepositoryId repository) {
    return static_cast<bool>(db_.run("SELECT 1 FROM lifecycle_policy WHERE repository = $1", repository));
}

void Lifecycle::put_policy(const LifecyclePolicy& policy) {
    db_.change(
        "INSERT INTO lifecycle_policy (repository, policy, version) VALUES ($1, $2, $3)"
        " ON CONFLICT (repository) DO UPDATE SET policy = excluded.policy, version = excluded.version",
        policy.repository, policy.text, policy.version);
}

void Lifecycle::erase_policy(model::RepositoryId repository) {
    db_.change("DELETE FROM lifecycle_policy WHERE repository = $1", repository);
}

LifecycleEvaluation Lifecycle::evaluation(model::RepositoryId repository, std::int64_t version) {
    auto row =
        db_.run("SELECT last_evaluated_at, failures FROM lifecycle_evaluation WHERE repository = $1 AND version = $2",
                repository, version);
    if (!row) return {};
    return {.last_evaluated_at = row.get<Timestamp>(0), .failures = row.get<std::string>(1)};
}

void Lifecycle::note_evaluation(const LifecyclePolicy& policy) {
    db_.change(
        "INSERT INTO lifecycle_evaluation (repository, version, last_evaluated_at, failures)"
        " SELECT r.id, $2, $3, $4 FROM repository r WHERE r.id = $1 AND r.deleted_at IS NULL"
        " ON CONFLICT (repository) DO UPDATE SET version = excluded.version,"
        " last_evaluated_at = excluded.last_evaluated_at, failures = excluded.failures",
        policy.repository, policy.version, policy.evaluation.last_evaluated_at, policy.evaluation.failures);
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

void Lifecycle::note_lead(model::RepositoryId repository, const Lead& lead) {
    db_.change(
        "INSERT INTO lead (repository, subject, way, at, principal_arn, lifecycle_rule) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (repository, subject) DO UPDATE SET way = excluded.way, at = excluded.at,"
        " principal_arn = excluded.principal_arn, lifecycle_rule = excluded.lifecycle_rule",
        repository, lead.subject, to_text(lead.way), lead.at, lead.cause.principal_arn, lead.cause.lifecycle_rule);
}

std::optional<Lead> Lifecycle::lead(model::RepositoryId repository) {
    auto row = db_.run("SELECT " BERTH_LEAD_COLUMNS
                       " FROM lead WHERE repository = $1 AND lifecycle_rule IS NULL ORDER BY subject LIMIT 1",
                       repository);
    if (!row) return std::nullopt;
    return read_lead(row);
}

std::vector<Lead> Lifecycle::leads_by_rules(model::RepositoryId repository) {
    std::vector<Lead> found;
    for (auto row = db_.run("SELECT " BERTH_LEAD_COLUMNS
                            " FROM lead WHERE repository = $1 AND lifecycle_rule IS NOT NULL ORDER BY subject",
                            repository);
         row; row.next()) {
        found.push_back(read_lead(row));
    }
    return found;
}

void Lifecycle::forget_lead(model::RepositoryId repository, const model::Digest& subject) {
    db_.change("DELETE FROM lead WHERE repository = $1 AND subject = $2", repository, subject);
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
