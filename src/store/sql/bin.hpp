// The recycle bin: images that were removed and can still come back.
#pragma once

#include "store/sql/connection.hpp"
#include "store/transaction.hpp"

namespace berth::store::sql {

class Bin final : public BinTable {
public:
    explicit Bin(Connection& db) : db_(db) {}

    void put(model::ImageRowId image, std::span<const model::Tag> lost_tags, const model::Cause& cause,
             Timestamp now) override;
    std::optional<BinnedImage> find(model::RepositoryId repository, const model::Digest& digest) override;
    std::optional<BinnedImage> find(model::RepositoryId repository, const model::Tag& tag) override;
    std::optional<BinnedImage> find(model::ImageRowId image) override;
    std::vector<BinnedImage> followers(model::RepositoryId repository, const model::Digest& subject,
                                       Timestamp deleted_since, std::size_t limit) override;
    std::string manifest(model::ImageRowId image) override;
    std::optional<std::string> find_manifest(model::ImageRowId image) override;
    std::vector<BinnedImage> page(model::RepositoryId repository, const BinPosition& after, std::size_t limit) override;
    std::vector<BinEntry> page(const model::Registry& registry, const BinPosition& after, std::size_t limit) override;
    std::vector<model::Digest> erase(model::ImageRowId image, Timestamp review_at, Timestamp now) override;
    std::vector<model::Image> due(Timestamp before, std::size_t limit) override;
    std::vector<model::Image> page(model::ImageRowId after, std::size_t limit) override;

    // At most `limit` images of one repository, for its removal; returns how many went.
    [[nodiscard]] std::size_t purge(model::RepositoryId repository, std::size_t limit, Timestamp now);

private:
    [[nodiscard]] std::vector<model::Tag> tags(model::ImageRowId image);
    std::vector<HeldBlob> erase_rows(model::ImageRowId image, Timestamp review_at, Timestamp now);

    Connection& db_;
};

}  // namespace berth::store::sql
