// Lifecycle policies and their previews.
#pragma once

#include "store/lifecycle_table.hpp"
#include "store/sql/connection.hpp"

namespace berth::store::sql {

class Lifecycle final : public LifecycleTable {
public:
    explicit Lifecycle(Connection& db) : db_(db) {}

    std::optional<LifecyclePolicy> policy(model::RepositoryId repository) override;
    bool has_policy(model::RepositoryId repository) override;
    void put_policy(const LifecyclePolicy& policy) override;
    void erase_policy(model::RepositoryId repository) override;
    LifecycleEvaluation evaluation(model::RepositoryId repository, std::int64_t version) override;
    void note_evaluation(const LifecyclePolicy& policy) override;
    std::vector<model::RepositoryId> repositories_with_policy(model::RepositoryId after, std::size_t limit) override;

    void hold(model::RepositoryId repository, model::ImageRowId image, Timestamp until) override;
    std::vector<model::ImageRowId> held(model::RepositoryId repository, Timestamp now) override;

    void note_lead(model::RepositoryId repository, const Lead& lead) override;
    std::optional<Lead> lead(model::RepositoryId repository) override;
    std::vector<Lead> leads_by_rules(model::RepositoryId repository) override;
    void forget_lead(model::RepositoryId repository, const model::Digest& subject) override;

    std::vector<DefaultLifecyclePolicy> defaults(const model::Registry& registry) override;
    void put_default(const model::Registry& registry, const DefaultLifecyclePolicy& policy) override;
    bool erase_default(const model::Registry& registry, std::string_view pattern) override;
    std::vector<model::Registry> registries_with_defaults() override;

    std::optional<LifecyclePreview> preview(model::RepositoryId repository) override;
    std::optional<LifecyclePreview> preview(std::int64_t id) override;
    void insert_preview(const LifecyclePreview& preview, Timestamp now) override;
    void update_preview(const LifecyclePreview& preview) override;
    void insert_results(std::int64_t preview, std::span<const PreviewResult> results) override;
    void insert_places(std::int64_t preview, std::span<const PreviewPlace> places) override;
    std::size_t erase_results(std::int64_t preview, std::size_t limit) override;
    std::vector<PreviewResult> results(std::int64_t preview, std::optional<bool> tagged, std::int64_t after,
                                       std::size_t limit) override;
    std::optional<PreviewResult> result(std::int64_t preview, const model::Digest& digest) override;
    std::size_t sweep_previews(Timestamp now, std::size_t limit) override;

private:
    Connection& db_;
};

// Of a repository that goes: its policy, and its previews are left to the sweep. Returns how many rows it touched.
[[nodiscard]] std::int64_t purge_lifecycle(Connection& db, model::RepositoryId repository, Timestamp at);

}  // namespace berth::store::sql
