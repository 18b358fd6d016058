// Inventories of layers and of images that follow the vulnerability database.
#pragma once

#include "store/inventory_table.hpp"
#include "store/sql/connection.hpp"

namespace berth::store::sql {

class Inventories final : public InventoryTable {
public:
    explicit Inventories(Connection& db) : db_(db) {}

    std::optional<std::string> layer(const model::Digest& digest, int scanner) override;
    void put_layer(const model::Digest& digest, int scanner, std::string_view bytes) override;
    void follow(model::ImageRowId image, std::span<const FollowedInventory> inventories, Timestamp since,
                std::span<const std::int64_t> new_ids) override;
    void unfollow(model::ImageRowId image) override;
    void freeze(model::ImageRowId image, std::span<const std::int64_t> new_ids) override;
    std::vector<FollowedPart> followed(model::ImageRowId image) override;
    std::optional<InventoryId> find(std::string_view hash) override;
    std::vector<InventoryId> inventories_with(const PackageLookup& lookup) override;
    std::vector<InventoryId> inventories(InventoryId after, std::size_t limit) override;
    std::string inventory(InventoryId id) override;
    std::string findings(InventoryId id) override;
    void put_findings(InventoryId id, const InventoryFindings& findings) override;
    std::vector<FollowingImage> images_with(InventoryId id, model::ImageRowId after, std::size_t limit) override;
    std::size_t remove_unfollowed(std::size_t limit) override;
    void request_rematches(std::span<const InventoryId> inventories) override;
    std::vector<Rematch> rematches(InventoryId after, std::size_t limit) override;
    void update_rematch(const Rematch& rematch) override;
    void finish_rematch(InventoryId id) override;
    std::string followed_generation() override;
    void set_followed_generation(std::string_view generation) override;
    void set_target_generation(std::string_view generation) override;

private:
    [[nodiscard]] InventoryId put(const FollowedInventory& inventory, std::span<const std::int64_t> new_ids);
    [[nodiscard]] InventoryId frozen_copy(InventoryId id, std::string_view hash, std::int64_t new_id);
    [[nodiscard]] std::int64_t put_set(const LookupSet& set, std::int64_t new_id);
    void remove(InventoryId id);

    Connection& db_;
};

// Of a blob that goes.
void forget_layer(Connection& db, const model::Digest& digest);
// Of the first `limit` images of a repository that goes, by digest.
void purge_followed(Connection& db, model::RepositoryId repository, std::size_t limit);

}  // namespace berth::store::sql
