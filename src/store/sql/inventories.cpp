#include "store/sql/inventories.hpp"

#include <stdexcept>

namespace berth::store::sql {
namespace {

template <class Id>
std::vector<Id> ids(Rows row) {
    std::vector<Id> found;
    for (; row; row.next()) found.push_back(row.get<Id>(0));
    return found;
}

}  // namespace

std::optional<std::string> Inventories::layer(const model::Digest& digest, int scanner) {
    auto row = db_.run("SELECT bytes FROM layer_inventory WHERE digest = $1 AND scanner = $2", digest, scanner);
    if (!row) return std::nullopt;
    return row.get<std::string>(0);
}

void Inventories::put_layer(const model::Digest& digest, int scanner, std::string_view bytes) {
    db_.change(
        "INSERT INTO layer_inventory (digest, scanner, bytes) VALUES ($1, $2, $3)"
        " ON CONFLICT (digest) DO UPDATE SET scanner = excluded.scanner, bytes = excluded.bytes",
        digest, scanner, Bytes{bytes});
}

void Inventories::follow(model::ImageRowId image, const FollowedInventory& inventory,
                         std::span<const std::int64_t> new_ids) {
    if (new_ids.size() != inventory.sets.size() + 1) throw std::logic_error("an id for each row that may be made");
    const auto id = put(inventory, new_ids);
    if (auto row = db_.run("SELECT inventory FROM followed_image WHERE image = $1", image);
        row && row.get<InventoryId>(0) == id) {
        return;
    }
    unfollow(image);
    db_.change("INSERT INTO followed_image (image, inventory) VALUES ($1, $2)", image, id);
}

InventoryId Inventories::put(const FollowedInventory& inventory, std::span<const std::int64_t> new_ids) {
    if (auto row = db_.run("SELECT id FROM inventory WHERE hash = $1", inventory.hash)) {
        return row.get<InventoryId>(0);
    }
    const InventoryId id{new_ids.front()};
    db_.change("INSERT INTO inventory (id, hash) VALUES ($1, $2)", id, inventory.hash);
    db_.change("INSERT INTO inventory_bytes (inventory, bytes) VALUES ($1, $2)", id, Bytes{inventory.bytes});
    for (std::size_t i = 0; i < inventory.sets.size(); ++i) {
        const auto set = put_set(inventory.sets[i], new_ids[i + 1]);
        db_.change(
            "INSERT INTO inventory_lookups (lookup_set, inventory) VALUES ($1, $2)"
            " ON CONFLICT (lookup_set, inventory) DO NOTHING",
            set, id);
    }
    return id;
}

std::int64_t Inventories::put_set(const LookupSet& set, std::int64_t new_id) {
    if (auto row = db_.run("SELECT id FROM lookup_set WHERE hash = $1", set.hash)) return row.get<std::int64_t>(0);
    db_.change("INSERT INTO lookup_set (id, hash) VALUES ($1, $2)", new_id, set.hash);
    for (const auto& lookup : set.lookups) {
        db_.change(
            "INSERT INTO lookup (ecosystem, release, package, lookup_set) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (ecosystem, release, package, lookup_set) DO NOTHING",
            lookup.ecosystem, lookup.release, lookup.package, new_id);
    }
    return new_id;
}

void Inventories::unfollow(model::ImageRowId image) {
    db_.change(
        "INSERT INTO inventory_review (inventory) SELECT inventory FROM followed_image WHERE image = $1"
        " ON CONFLICT (inventory) DO NOTHING",
        image);
    db_.change("DELETE FROM followed_image WHERE image = $1", image);
}

std::vector<InventoryId> Inventories::inventories_with(const PackageLookup& lookup) {
    std::vector<InventoryId> found;
    const auto sets = ids<std::int64_t>(
        db_.run("SELECT lookup_set FROM lookup WHERE ecosystem = $1 AND release = $2 AND package = $3",
                lookup.ecosystem, lookup.release, lookup.package));
    for (const auto set : sets) {
        for (auto row = db_.run("SELECT inventory FROM inventory_lookups WHERE lookup_set = $1", set); row; row.next())
            found.push_back(row.get<InventoryId>(0));
    }
    return found;
}

std::vector<InventoryId> Inventories::inventories(InventoryId after, std::size_t limit) {
    return ids<InventoryId>(db_.run("SELECT id FROM inventory WHERE id > $1 ORDER BY id LIMIT $2", after, limit));
}

std::string Inventories::inventory(InventoryId id) {
    auto row = db_.run("SELECT bytes FROM inventory_bytes WHERE inventory = $1", id);
    return row ? row.get<std::string>(0) : std::string();
}

std::vector<model::ImageRowId> Inventories::images_with(InventoryId id, model::ImageRowId after, std::size_t limit) {
    return ids<model::ImageRowId>(
        db_.run("SELECT image FROM followed_image WHERE inventory = $1 AND image > $2 ORDER BY image LIMIT $3", id,
                after, limit));
}

std::size_t Inventories::remove_unfollowed(std::size_t limit) {
    const auto reviewed =
        ids<InventoryId>(db_.run("SELECT inventory FROM inventory_review ORDER BY inventory LIMIT $1", limit));
    for (const auto id : reviewed) {
        db_.change("DELETE FROM inventory_review WHERE inventory = $1", id);
        if (!db_.run("SELECT 1 FROM followed_image WHERE inventory = $1 LIMIT 1", id)) remove(id);
    }
    return reviewed.size();
}

void Inventories::remove(InventoryId id) {
    const auto sets = ids<std::int64_t>(db_.run("SELECT lookup_set FROM inventory_lookups WHERE inventory = $1", id));
    db_.change("DELETE FROM inventory_lookups WHERE inventory = $1", id);
    db_.change("DELETE FROM inventory_bytes WHERE inventory = $1", id);
    db_.change("DELETE FROM inventory WHERE id = $1", id);
    for (const auto set : sets) {
        if (db_.run("SELECT 1 FROM inventory_lookups WHERE lookup_set = $1 LIMIT 1", set)) continue;
        db_.change("DELETE FROM lookup WHERE lookup_set = $1", set);
        db_.change("DELETE FROM lookup_set WHERE id = $1", set);
    }
}

std::string Inventories::followed_generation() {
    auto row = db_.run("SELECT value FROM setting WHERE name = 'vulndb.followed'");
    return row ? row.get<std::string>(0) : std::string();
}

void Inventories::set_followed_generation(std::string_view generation) {
    db_.change(
        "INSERT INTO setting (name, value) VALUES ('vulndb.followed', $1)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        generation);
}

void forget_layer(Connection& db, const model::Digest& digest) {
    db.change("DELETE FROM layer_inventory WHERE digest = $1", digest);
}

void purge_followed(Connection& db, model::RepositoryId repository, std::size_t limit) {
    db.change(
        "INSERT INTO inventory_review (inventory) SELECT inventory FROM followed_image WHERE image IN"
        " (SELECT id FROM image WHERE repository = $1 ORDER BY digest LIMIT $2)"
        " ON CONFLICT (inventory) DO NOTHING",
        repository, limit);
    db.change(
        "DELETE FROM followed_image WHERE image IN"
        " (SELECT id FROM image WHERE repository = $1 ORDER BY digest LIMIT $2)",
        repository, limit);
}

}  // namespace berth::store::sql
