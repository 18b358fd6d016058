// What is known of images' contents: of layers, so that their bytes are read once, and of images whose findings follow
// the vulnerability database. Inventories are bytes here; inventory/ knows what they say.
//
// Many images have the same inventory (builds upon one base whose own layers hold no packages), and many inventories
// ask the database for the same packages. Both are kept once, so the way from a package to its images stays short:
// package -> sets of packages that are looked up together -> inventories -> images.
#pragma once

#include "model/digest.hpp"
#include "model/image.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::store {

enum class InventoryId : std::int64_t {};

// A package name of a stream. An empty package stands for the stream itself: each set has it for its stream.
struct PackageLookup {
    std::string ecosystem;
    std::string release;
    std::string package;

    friend bool operator==(const PackageLookup&, const PackageLookup&) = default;
};

// Those of one stream that an inventory asks for; `hash` is the same exactly for equal sets.
struct LookupSet {
    std::string hash;
    std::vector<PackageLookup> lookups;
};

struct FollowedInventory {
    std::string hash;  // the same exactly for equal bytes
    std::string bytes;
    std::vector<LookupSet> sets;
};

class InventoryTable {
public:
    virtual ~InventoryTable() = default;

    // Of a layer, as `scanner` read it; nothing of another version. Goes with the blob.
    [[nodiscard]] virtual std::optional<std::string> layer(const model::Digest&, int scanner) = 0;
    virtual void put_layer(const model::Digest&, int scanner, std::string_view bytes) = 0;

    // The image's findings follow the database from now on, by this inventory instead of an earlier one. The ids are
    // for rows that may have to be made: one for the inventory and one for each set.
    virtual void follow(model::ImageRowId, const FollowedInventory&, std::span<const std::int64_t> new_ids) = 0;
    // Does nothing to an image that does not follow. An image that is erased follows no longer.
    virtual void unfollow(model::ImageRowId) = 0;

    // Those that ask for it, by id.
    [[nodiscard]] virtual std::vector<InventoryId> inventories_with(const PackageLookup&) = 0;
    // All, by id.
    [[nodiscard]] virtual std::vector<InventoryId> inventories(InventoryId after, std::size_t limit) = 0;
    // Empty: it is gone.
    [[nodiscard]] virtual std::string inventory(InventoryId) = 0;
    [[nodiscard]] virtual std::vector<model::ImageRowId> images_with(InventoryId, model::ImageRowId after,
                                                                     std::size_t limit) = 0;
    // Looks at no more than `limit` inventories that lost an image, and removes those that have none; then their sets
    // that nobody has any more. Returns how many were looked at.
    [[nodiscard]] virtual std::size_t remove_unfollowed(std::size_t limit) = 0;

    // The generation of the database that all findings which follow it are up to; empty: none yet.
    [[nodiscard]] virtual std::string followed_generation() = 0;
    virtual void set_followed_generation(std::string_view generation) = 0;
};

}  // namespace berth::store
