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

FollowedInventory inventory(const std::string& name, std::vector<LookupSet> sets) {
    return {.hash = name,
            .bytes = "bytes of " + name,
            .sets = std::move(sets),
            .generation = "one",
            .findings = {.brief = "brief of " + name, .bytes = "findings of " + name}};
}

void follow(InventoryTable& table, std::int64_t image, const std::vector<FollowedInventory>& parts,
            const std::vector<std::int64_t>& ids) {
    table.follow(model::ImageRowId{image}, parts, at(image), ids);
}

model::ImageRowId row(std::int64_t id) {
    return model::ImageRowId{id};
}

std::vector<model::ImageRowId> images(Transaction& tx, const PackageLookup& lookup) {
    std::vector<model::ImageRowId> found;
    for (const auto id : tx.inventories().inventories_with(lookup)) {
        for (const auto& one : tx.inventories().images_with(id, row(0), 100)) found.push_back(one.image);
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
        follow(table, 1, {inventory("a", {base, left})}, {10, 11, 12});
        follow(table, 2, {inventory("a", {base, left})}, {20, 21, 22});
        follow(table, 3, {inventory("b", {base})}, {30, 31});
        EXPECT_EQ(images(tx, debian("zlib")), (Images{row(1), row(2), row(3)}));
        EXPECT_EQ(images(tx, debian("")), (Images{row(1), row(2), row(3)}));
        EXPECT_EQ(images(tx, npm("left-pad")), (Images{row(1), row(2)}));
        EXPECT_EQ(images(tx, npm("zlib")), Images{});
        EXPECT_EQ(table.inventories(InventoryId{0}, 10), (std::vector{InventoryId{10}, InventoryId{30}}));
        EXPECT_EQ(table.inventories(InventoryId{10}, 10), std::vector{InventoryId{30}});
        EXPECT_EQ(table.inventory(InventoryId{30}), "bytes of b");
        EXPECT_EQ(table.find("b"), InventoryId{30});
        EXPECT_FALSE(table.find("c"));
        const auto rest = table.images_with(InventoryId{10}, row(1), 10);
        ASSERT_EQ(rest.size(), 1U);
        EXPECT_EQ(rest[0].image, row(2));
        EXPECT_EQ(rest[0].since, at(2));
    });
}

TEST_F(InventoriesContract, AnImageFollowsTheInventoriesOfItsLastScan) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        follow(table, 1, {inventory("a", {base, left})}, {10, 11, 12});
        follow(table, 1, {inventory("b", {base})}, {20, 21});
        EXPECT_EQ(images(tx, npm("left-pad")), Images{});
        EXPECT_EQ(images(tx, debian("zlib")), Images{row(1)});
        table.unfollow(row(1));
        table.unfollow(row(1));
        EXPECT_EQ(images(tx, debian("zlib")), Images{});
    });
}

TEST_F(InventoriesContract, AFrozenImageKeepsWhatWasFound) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        follow(table, 1, {inventory("a", {base}), inventory("b", {left})}, {10, 11, 12, 13});
        follow(table, 2, {inventory("a", {base})}, {20, 21});
        follow(table, 3, {inventory("a", {base})}, {30, 31});
        table.freeze(row(1), std::vector<std::int64_t>{40, 41});
        table.freeze(row(2), std::vector<std::int64_t>{50});
        table.put_findings(InventoryId{10}, {.brief = "later brief", .bytes = "later"});
        EXPECT_EQ(images(tx, debian("zlib")), Images{row(3)});
        EXPECT_EQ(images(tx, npm("left-pad")), Images{});
        const auto parts = table.followed(row(1));
        ASSERT_EQ(parts.size(), 2U);
        EXPECT_EQ(parts[0].since, at(1));
        for (const auto& part : parts) EXPECT_EQ(table.inventory(part.inventory), "");
        EXPECT_EQ(table.findings(InventoryId{40}), "findings of a");
        EXPECT_EQ(parts[0].brief, "brief of a");
        EXPECT_EQ(table.followed(row(2)).at(0).inventory, InventoryId{40});  // they share it
        // Once is enough, and what is frozen is never matched.
        table.freeze(row(1), std::vector<std::int64_t>{60, 61});
        EXPECT_EQ(table.followed(row(1)), parts);
        EXPECT_EQ(table.inventories(InventoryId{0}, 10), (std::vector{InventoryId{10}, InventoryId{12}}));
        EXPECT_EQ(table.remove_unfollowed(10), 2U);
        EXPECT_EQ(table.inventories(InventoryId{0}, 10), std::vector{InventoryId{10}});
        // Frozen later, other findings are others.
        table.freeze(row(3), std::vector<std::int64_t>{70});
        EXPECT_EQ(table.findings(table.followed(row(3)).at(0).inventory), "later");
    });
}

TEST_F(InventoriesContract, AnInventoryCanBeFrozenFromTheStart) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        table.set_target_generation("two");
        auto frozen = inventory("a", {});
        frozen.bytes.clear();
        follow(table, 1, {frozen}, {10});
        follow(table, 2, {frozen}, {20});
        EXPECT_EQ(table.followed(row(2)).at(0).inventory, InventoryId{10});
        EXPECT_TRUE(table.inventories(InventoryId{0}, 10).empty());
        EXPECT_TRUE(table.rematches(InventoryId{0}, 10).empty());
        EXPECT_EQ(table.findings(InventoryId{10}), "findings of a");
    });
}

TEST_F(InventoriesContract, RemovesWhatNoImageHas) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        follow(table, 1, {inventory("a", {base, left})}, {10, 11, 12});
        follow(table, 2, {inventory("a", {base, left})}, {20, 21, 22});
        follow(table, 3, {inventory("b", {base})}, {30, 31});
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
        follow(table, 1, {inventory("a", {base, left})}, {40, 41, 42});
        EXPECT_EQ(images(tx, npm("left-pad")), Images{row(1)});
    });
}

TEST_F(InventoriesContract, AnErasedImageFollowsNoLonger) {
    change([](Transaction& tx) {
        (void)tx.repositories().insert(repository(1, "app"));
        tx.images().insert(image(1, 1, "m"));
        tx.images().insert(image(2, 1, "n"));
        auto& table = tx.inventories();
        follow(table, 1, {inventory("a", {base})}, {10, 11});
        follow(table, 2, {inventory("a", {base})}, {20, 21});
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

TEST_F(InventoriesContract, ImagesShareWhatWasFoundInALayer) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        follow(table, 1, {inventory("base", {base}), inventory("a", {left})}, {10, 11, 12, 13});
        auto later = inventory("base", {base});
        later.findings.brief = "of another generation";
        follow(table, 2, {later, inventory("b", {left})}, {20, 21, 22, 23});
        const FollowedPart of_base{.inventory = InventoryId{10}, .since = at(1), .brief = "brief of base"};
        const FollowedPart of_a{.inventory = InventoryId{12}, .since = at(1), .brief = "brief of a"};
        EXPECT_EQ(table.followed(row(1)), (std::vector{of_base, of_a}));
        EXPECT_EQ(table.followed(row(2)).at(0).brief, "brief of base");  // what is there stays
        EXPECT_EQ(table.followed(row(2)).at(0).since, at(2));
        EXPECT_EQ(table.findings(InventoryId{10}), "findings of base");
        table.put_findings(InventoryId{10}, {.brief = "x", .bytes = "y"});
        EXPECT_EQ(table.followed(row(1)).at(0).brief, "x");
        EXPECT_EQ(table.findings(InventoryId{10}), "y");
        table.unfollow(row(1));
        table.unfollow(row(2));
        EXPECT_TRUE(table.followed(row(1)).empty());
        EXPECT_EQ(table.remove_unfollowed(10), 3U);
        EXPECT_EQ(table.findings(InventoryId{10}), "");
    });
}

TEST_F(InventoriesContract, WhatIsToBeMatchedAgainWaitsUntilItIs) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        EXPECT_TRUE(table.rematches({}, 10).empty());
        table.request_rematches(std::vector{InventoryId{20}, InventoryId{10}});
        table.update_rematch({.inventory = InventoryId{10}, .matched = true, .told = row(5), .news = "n"});
        table.request_rematches(std::vector{InventoryId{10}});  // stays as it is
        const auto waiting = table.rematches({}, 10);
        ASSERT_EQ(waiting.size(), 2U);
        EXPECT_EQ(waiting[0].inventory, InventoryId{10});
        EXPECT_TRUE(waiting[0].matched);
        EXPECT_EQ(waiting[0].told, row(5));
        EXPECT_EQ(waiting[0].news, "n");
        EXPECT_FALSE(waiting[1].matched);
        EXPECT_EQ(table.rematches({}, 1).size(), 1U);
        table.finish_rematch(InventoryId{10});
        EXPECT_EQ(table.rematches({}, 10).at(0).inventory, InventoryId{20});
    });
}

TEST_F(InventoriesContract, WhatWasMatchedByAnotherGenerationThanTheTargetIsMatchedAgain) {
    change([](Transaction& tx) {
        auto& table = tx.inventories();
        follow(table, 1, {inventory("a", {})}, {10});
        EXPECT_TRUE(table.rematches({}, 10).empty());  // nobody has asked yet
        table.set_target_generation("one");
        follow(table, 2, {inventory("b", {})}, {20});
        EXPECT_TRUE(table.rematches({}, 10).empty());
        table.set_target_generation("two");
        follow(table, 3, {inventory("b", {}), inventory("c", {})}, {30, 40});
        ASSERT_EQ(table.rematches({}, 10).size(), 1U);
        EXPECT_EQ(table.rematches({}, 10)[0].inventory, InventoryId{40});
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
