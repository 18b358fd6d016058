// Repositories and their resource tags.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

namespace berth::store::sql {

// The columns of a repository r, in the order read_repository() takes them.
#define BERTH_REPOSITORY_COLUMNS                                                                            \
    "r.id, r.account, r.region, r.name, r.created_at, r.tag_mutability, r.tag_exclusions, r.scan_on_push, " \
    "r.encryption, r.kms_key"
[[nodiscard]] model::Repository read_repository(const Rows& row);

class Repositories final : public RepositoryTable {
public:
    explicit Repositories(Connection& db) : db_(db) {}

    std::optional<model::Repository> find(const model::Registry& registry, const model::RepositoryName& name) override;
    std::optional<model::Repository> find(model::RepositoryId id) override;
    std::vector<model::Repository> page(const model::Registry& registry, std::string_view after,
                                        std::size_t limit) override;
    Inserted insert(const model::Repository& repository) override;
    void set_tag_mutability(model::RepositoryId id, const model::TagMutabilityRule& rule) override;
    void mark_deleted(model::RepositoryId id, Timestamp now) override;
    std::size_t purge(std::size_t limit) override;

    std::vector<model::ResourceTag> resource_tags(model::RepositoryId id) override;
    void put_resource_tag(model::RepositoryId id, const model::ResourceTag& tag) override;
    void erase_resource_tag(model::RepositoryId id, std::string_view key) override;

private:
    Connection& db_;
};

}  // namespace berth::store::sql
