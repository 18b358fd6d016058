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
    void follow(model::ImageRowId image, const FollowedInventory& inventory,
                std::span<const std::int64_t> new_ids) override;
    void unfollow(model::ImageRowId image) override;
    std::vector<InventoryId> inventories_with(const PackageLookup& lookup) override;
    std::vector<InventoryId> inventories(InventoryId after, std::size_t limit) override;
    std::string inventory(InventoryId id) override;
    std::vector<model::ImageRowId> images_with(InventoryId id, model::ImageRowId after, std::size_t limit) override;
    std::size_t remove_unfollowed(std::size_t limit) override;
    std::string followed_generation() override;
    void set_followed_generation(std::string_view generation) override;

private:
    [[nodiscard]] InventoryId put(const FollowedInventory& inventory, std::span<const std::int64_t> new_ids);
    [[nodiscard]] std::int64_t put_set(const LookupSet& set, std::int64_t new_id);
    void remove(InventoryId id);

    Connection& db_;
};

// Of a blob that goes.
void forget_layer(Connection& db, const model::Digest& digest);
// Of the first `limit` images of a repository that goes, by digest.
void purge_followed(Connection& db, model::RepositoryId repository, std::size_t limit);

}  // namespace berth::store::sql
