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

void Inventories::follow(model::ImageRowId image, std::span<const FollowedInventory> inventories, Timestamp since,
                         std::span<const std::int64_t> new_ids) {
    unfollow(image);
    for (const auto& inventory : inventories) {
        const auto rows = inventory.sets.size() + 1;
        if (new_ids.size() < rows) throw std::logic_error("an id for each row that may be made");
        const auto id = put(inventory, new_ids.first(rows));
        new_ids = new_ids.subspan(rows);
        db_.change("INSERT INTO followed_image (image, inventory, since) VALUES ($1, $2, $3)", image, id, since);
    }
}

std::vector<FollowedPart> Inventories::followed(model::ImageRowId image) {
    std::vector<FollowedPart> parts;
    for (auto row = db_.run("SELECT f.inventory, f.since, b.brief FROM followed_image f"
                            " JOIN inventory_findings b ON b.inventory = f.inventory WHERE f.image = $1"
                            " ORDER BY f.inventory",
                            image);
         row; row.next()) {
        parts.push_back(
            {.inventory = row.get<InventoryId>(0), .since = row.get<Timestamp>(1), .brief = row.get<std::string>(2)});
    }
    return parts;
}

std::optional<InventoryId> Inventories::find(std::string_view hash) {
    auto row = db_.run("SELECT id FROM inventory WHERE hash = $1", hash);
    if (!row) return std::nullopt;
    return row.get<InventoryId>(0);
}

InventoryId Inventories::put(const FollowedInventory& inventory, std::span<const std::int64_t> new_ids) {
    if (const auto known = find(inventory.hash)) return *known;
    const InventoryId id{new_ids.front()};
    db_.change("INSERT INTO inventory (id, hash) VALUES ($1, $2)", id, inventory.hash);
    if (inventory.bytes.empty()) {
        put_findings(id, inventory.findings);
        return id;
    }
    db_.change("INSERT INTO inventory_bytes (inventory, bytes) VALUES ($1, $2)", id, Bytes{inventory.bytes});
    for (std::size_t i = 0; i < inventory.sets.size(); ++i) {
        const auto set = put_set(inventory.sets[i], new_ids[i + 1]);
        db_.change(
            "INSERT INTO inventory_lookups (lookup_set, inventory) VALUES ($1, $2)"
            " ON CONFLICT (lookup_set, inventory) DO NOTHING",
            set, id);
    }
    put_findings(id, inventory.findings);
    const auto target = db_.run("SELECT value FROM setting WHERE name = 'vulndb.target'");
    if (target && target.get<std::string_view>(0) != inventory.generation) request_rematches(std::span(&id, 1));
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

void Inventories::freeze(model::ImageRowId image, std::span<const std::int64_t> new_ids) {
    struct Part {
        InventoryId id;
        std::string hash;
    };
    std::vector<Part> following;
    for (auto row = db_.run("SELECT i.id, i.hash FROM followed_image f JOIN inventory i ON i.id = f.inventory"
                            " JOIN inventory_bytes b ON b.inventory = i.id WHERE f.image = $1 ORDER BY i.id",
                            image);
         row; row.next()) {
        following.push_back({.id = row.get<InventoryId>(0), .hash = row.get<std::string>(1)});
    }
    if (following.size() > new_ids.size()) throw std::logic_error("an id for each inventory that may be made");
    for (std::size_t i = 0; i < following.size(); ++i) {
        const auto frozen = frozen_copy(following[i].id, following[i].hash, new_ids[i]);
        db_.change("INSERT INTO inventory_review (inventory) VALUES ($1) ON CONFLICT (inventory) DO NOTHING",
                   following[i].id);
        db_.change("UPDATE followed_image SET inventory = $3 WHERE image = $1 AND inventory = $2", image,
                   following[i].id, frozen);
    }
}

// Its name is of what was found, so all images that freeze between two changes share it.
InventoryId Inventories::frozen_copy(InventoryId id, std::string_view hash, std::int64_t new_id) {
    const auto name = std::string(hash) + " " + model::Digest::of(findings(id)).text();
    if (const auto known = find(name)) return *known;
    const InventoryId copy{new_id};
    db_.change("INSERT INTO inventory (id, hash) VALUES ($1, $2)", copy, name);
    db_.change(
        "INSERT INTO inventory_findings (inventory, brief, bytes)"
        " SELECT $2, brief, bytes FROM inventory_findings WHERE inventory = $1",
        id, copy);
    return copy;
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
    return ids<InventoryId>(db_.run(
        "SELECT inventory FROM inventory_bytes WHERE inventory > $1 ORDER BY inventory LIMIT $2", after, limit));
}

std::string Inventories::inventory(InventoryId id) {
    auto row = db_.run("SELECT bytes FROM inventory_bytes WHERE inventory = $1", id);
    return row ? row.get<std::string>(0) : std::string();
}

std::string Inventories::findings(InventoryId id) {
    auto row = db_.run("SELECT bytes FROM inventory_findings WHERE inventory = $1", id);
    return row ? row.get<std::string>(0) : std::string();
}

void Inventories::put_findings(InventoryId id, const InventoryFindings& findings) {
    db_.change(
        "INSERT INTO inventory_findings (inventory, brief, bytes) VALUES ($1, $2, $3)"
        " ON CONFLICT (inventory) DO UPDATE SET brief = excluded.brief, bytes = excluded.bytes",
        id, Bytes{findings.brief}, Bytes{findings.bytes});
}

std::vector<FollowingImage> Inventories::images_with(InventoryId id, model::ImageRowId after, std::size_t limit) {
    std::vector<FollowingImage> found;
    for (auto row = db_.run("SELECT image, since FROM followed_image WHERE inventory = $1 AND image > $2"
                            " ORDER BY image LIMIT $3",
                            id, after, limit);
         row; row.next()) {
        found.push_back({.image = row.get<model::ImageRowId>(0), .since = row.get<Timestamp>(1)});
    }
    return found;
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
    db_.change("DELETE FROM inventory_findings WHERE inventory = $1", id);
    finish_rematch(id);
    db_.change("DELETE FROM inventory WHERE id = $1", id);
    for (const auto set : sets) {
        if (db_.run("SELECT 1 FROM inventory_lookups WHERE lookup_set = $1 LIMIT 1", set)) continue;
        db_.change("DELETE FROM lookup WHERE lookup_set = $1", set);
        db_.change("DELETE FROM lookup_set WHERE id = $1", set);
    }
}

void Inventories::request_rematches(std::span<const InventoryId> inventories) {
    for (const auto id : inventories) {
        db_.change(
            "INSERT INTO inventory_rematch (inventory, matched, told, news) VALUES ($1, 0, 0, $2)"
            " ON CONFLICT (inventory) DO NOTHING",
            id, Bytes{});
    }
}

std::vector<Rematch> Inventories::rematches(InventoryId after, std::size_t limit) {
    std::vector<Rematch> found;
    for (auto row = db_.run("SELECT inventory, matched, told, news FROM inventory_rematch WHERE inventory > $1"
                            " ORDER BY inventory LIMIT $2",
                            after, limit);
         row; row.next()) {
        found.push_back({.inventory = row.get<InventoryId>(0),
                         .matched = row.get<bool>(1),
                         .told = row.get<model::ImageRowId>(2),
                         .news = row.get<std::string>(3)});
    }
    return found;
}

void Inventories::update_rematch(const Rematch& rematch) {
    db_.change("UPDATE inventory_rematch SET matched = $2, told = $3, news = $4 WHERE inventory = $1",
               rematch.inventory, rematch.matched, rematch.told, Bytes{rematch.news});
}

void Inventories::finish_rematch(InventoryId id) {
    db_.change("DELETE FROM inventory_rematch WHERE inventory = $1", id);
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

void Inventories::set_target_generation(std::string_view generation) {
    db_.change(
        "INSERT INTO setting (name, value) VALUES ('vulndb.target', $1)"
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
