// Inventories, and the way from a package to its images.
#include "store/sqlite/contract.hpp"

namespace berth::store::contract {
namespace {

using InventoriesContract = Contract;

PackageLookup debian(std::string package) {
    return {.ecosystem = "Debian", .release = "12", .package = std::move(package)};
}
PackageLookup npm(std::string package) {
    return {.ecosystem = "npm", .release = "", .package = std::move(package)};
}

const LookupSet base{.hash = "base", .lookups = {debian(""), debian("zlib"), debian("openssl")}};
const LookupSet left{.hash = "left", .lookups = {npm(""), npm("left-pad")}};

FollowedInventory inventory(std::string name, std::vector<LookupSet> sets) {
    return {.hash = name, .bytes = "bytes of " + name, .sets = std::move(sets)};
}

model::ImageRowId row(std::int64_t id) {
    return model::ImageRowId{id};
}

std::vector<model::ImageRowId> images(Transaction& tx, const PackageLookup& lookup) {
    std::vector<model::ImageRowId> found;
    for (const auto id : tx.inventories().inventories_with(lookup)) {
        for (const auto image : tx.inventories().images_with(id, row(0), 100)) found.push_back(image);
    }
    return found;
}

using Images = std::vector<model::ImageRowId>;

TEST_F(InventoriesContract, OfALayerTheLatestVersionStays) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        EXPECT_FALSE(table.layer(digest("layer"), 1));
        const std::string bytes("a\0b", 3);
        table.put_layer(digest("layer"), 1, bytes);
        EXPECT_EQ(table.layer(digest("layer"), 1), bytes);
        EXPECT_FALSE(table.layer(digest("layer"), 2));
        table.put_layer(digest("layer"), 2, "c");
        EXPECT_EQ(table.layer(digest("layer"), 2), "c");
        EXPECT_FALSE(table.layer(digest("layer"), 1));
    });
}

TEST_F(InventoriesContract, ALayersInventoryGoesWithItsBlob) {
    change([](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "app"));
        (void)tx.blobs().insert({.digest = digest("x"), .size = 1, .location = {.key = "k", .inline_bytes = {}}},
                                at(1));
        tx.blobs().link(model::RepositoryId{1}, digest("x"), at(1), at(1));
        tx.inventories().put_layer(digest("x"), 1, "bytes");
        EXPECT_TRUE(tx.inventories().layer(digest("x"), 1));
        (void)tx.blobs().unlink(model::RepositoryId{1}, digest("x"), at(2));
        EXPECT_FALSE(tx.inventories().layer(digest("x"), 1));
    });
}

TEST_F(InventoriesContract, FindsImagesByWhatTheyAskFor) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        table.follow(row(1), inventory("a", {base, left}), std::vector<std::int64_t>{10, 11, 12});
        table.follow(row(2), inventory("a", {base, left}), std::vector<std::int64_t>{20, 21, 22});
        table.follow(row(3), inventory("b", {base}), std::vector<std::int64_t>{30, 31});
        EXPECT_EQ(images(tx, debian("zlib")), (Images{row(1), row(2), row(3)}));
        EXPECT_EQ(images(tx, debian("")), (Images{row(1), row(2), row(3)}));
        EXPECT_EQ(images(tx, npm("left-pad")), (Images{row(1), row(2)}));
        EXPECT_EQ(images(tx, npm("zlib")), Images{});
        EXPECT_EQ(table.inventories(InventoryId{0}, 10), (std::vector{InventoryId{10}, InventoryId{30}}));
        EXPECT_EQ(table.inventories(InventoryId{10}, 10), std::vector{InventoryId{30}});
        EXPECT_EQ(table.inventory(InventoryId{30}), "bytes of b");
        EXPECT_EQ(table.images_with(InventoryId{10}, row(1), 10), Images{row(2)});
    });
}

TEST_F(InventoriesContract, AnImageFollowsOneInventory) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        table.follow(row(1), inventory("a", {base, left}), std::vector<std::int64_t>{10, 11, 12});
        table.follow(row(1), inventory("b", {base}), std::vector<std::int64_t>{20, 21});
        EXPECT_EQ(images(tx, npm("left-pad")), Images{});
        EXPECT_EQ(images(tx, debian("zlib")), Images{row(1)});
        table.unfollow(row(1));
        table.unfollow(row(1));
        EXPECT_EQ(images(tx, debian("zlib")), Images{});
    });
}

TEST_F(InventoriesContract, RemovesWhatNoImageHas) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        table.follow(row(1), inventory("a", {base, left}), std::vector<std::int64_t>{10, 11, 12});
        table.follow(row(2), inventory("a", {base, left}), std::vector<std::int64_t>{20, 21, 22});
        table.follow(row(3), inventory("b", {base}), std::vector<std::int64_t>{30, 31});
        table.unfollow(row(1));
        EXPECT_EQ(table.remove_unfollowed(10), 1U);
        EXPECT_EQ(table.inventory(InventoryId{10}), "bytes of a");  // of the second image
        table.unfollow(row(2));
        EXPECT_EQ(table.remove_unfollowed(10), 1U);
        EXPECT_EQ(table.remove_unfollowed(10), 0U);
        EXPECT_EQ(table.inventory(InventoryId{10}), "");
        EXPECT_TRUE(table.inventories_with(npm("left-pad")).empty());
        EXPECT_EQ(images(tx, debian("zlib")), Images{row(3)});
        // And can be made again.
        table.follow(row(1), inventory("a", {base, left}), std::vector<std::int64_t>{40, 41, 42});
        EXPECT_EQ(images(tx, npm("left-pad")), Images{row(1)});
    });
}

TEST_F(InventoriesContract, AnErasedImageFollowsNoLonger) {
    change([](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "app"));
        tx.images().insert(image(1, 1, "m"));
        tx.images().insert(image(2, 1, "n"));
        auto& table = tx.inventories();
        table.follow(row(1), inventory("a", {base}), std::vector<std::int64_t>{10, 11});
        table.follow(row(2), inventory("a", {base}), std::vector<std::int64_t>{20, 21});
        (void)tx.images().erase(row(1), at(2));
        EXPECT_EQ(images(tx, debian("zlib")), Images{row(2)});
        tx.repositories().mark_deleted(model::RepositoryId{1}, at(9));
        while (tx.repositories().purge(10) > 0) {
        }
        EXPECT_EQ(images(tx, debian("zlib")), Images{});
        EXPECT_EQ(table.remove_unfollowed(10), 1U);
        EXPECT_TRUE(table.inventories(InventoryId{0}, 1).empty());
    });
}

TEST_F(InventoriesContract, RemembersWhichGenerationIsFollowed) {
    change([](Transaction& tx) {
        EXPECT_EQ(tx.inventories().followed_generation(), "");
        tx.inventories().set_followed_generation("one");
        tx.inventories().set_followed_generation("two");
        EXPECT_EQ(tx.inventories().followed_generation(), "two");
    });
}

}  // namespace
}  // namespace berth::store::contract
