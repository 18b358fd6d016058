// A bounded, sharded table of shared values, with protection against filling in what a writer has just made stale.
//
// A reader that misses asks for a Ticket *before* it reads the store and hands it in with the value; if anything of
// the same shard was dropped in between, the value is not kept. A writer drops keys *after* its commit and before it
// answers, so whoever asks after the answer sees the change.
//
// Two generations stand in for a list of recent use: what is found in the old one moves to the young one; when the
// young one is full it becomes the old one and the old one goes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace berth {

// What a key is made of: the owner's row id (0: no owner) and a text.
struct CacheKey {
    std::int64_t owner = 0;
    std::string_view text;
};

// Thread-safe. A value must fit into half a shard to be kept: few shards for few large values.
template <class Value, std::size_t shard_count = 32>
class CacheTable {
public:
    using Pointer = std::shared_ptr<const Value>;

    // At most about `budget` bytes, as put() is told them.
    explicit CacheTable(std::size_t budget) : shard_budget_(budget / shard_count / 2) {}

    class Ticket {
        friend class CacheTable;
        std::uint64_t drops = 0;
    };

    [[nodiscard]] Pointer find(CacheKey key) {
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        if (const auto young = shard.young.find(key); young != shard.young.end()) return young->second.value;
        const auto old = shard.old.find(key);
        if (old == shard.old.end()) return nullptr;
        auto value = old->second.value;
        auto node = shard.old.extract(old);
        keep(shard, std::move(node.key()), std::move(node.mapped()));
        return value;
    }

    [[nodiscard]] Ticket ticket(CacheKey key) {
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        Ticket ticket;
        ticket.drops = shard.drops;
        return ticket;
    }

    void put(const Ticket& ticket, CacheKey key, Pointer value, std::size_t cost) {
        if (cost > shard_budget_) return;
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        if (shard.drops != ticket.drops) return;
        shard.old.erase(OwnedKey{key.owner, std::string(key.text)});
        keep(shard, OwnedKey{key.owner, std::string(key.text)}, Entry{std::move(value), cost});
    }

    void drop(CacheKey key) {
        auto& shard = shard_of(key);
        const std::scoped_lock lock(shard.mutex);
        ++shard.drops;
        if (const auto young = shard.young.find(key); young != shard.young.end()) {
            shard.young_cost -= young->second.cost;
            shard.young.erase(young);
        }
        if (const auto old = shard.old.find(key); old != shard.old.end()) shard.old.erase(old);
    }

private:
    struct OwnedKey {
        std::int64_t owner = 0;
        std::string text;
        // NOLINTNEXTLINE(google-explicit-constructor): the view of an owned key is what hashing and equality use
        operator CacheKey() const { return {owner, text}; }
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(CacheKey key) const {
            const auto mixed = static_cast<std::uint64_t>(key.owner) * 0x9E37'79B9'7F4A'7C15ULL;
            return std::hash<std::string_view>{}(key.text) ^ static_cast<std::size_t>(mixed);
        }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(CacheKey a, CacheKey b) const { return a.owner == b.owner && a.text == b.text; }
    };
    struct Entry {
        Pointer value;
        std::size_t cost = 0;
    };
    using Map = std::unordered_map<OwnedKey, Entry, Hash, Equal>;
    struct alignas(64) Shard {
        std::mutex mutex;
        Map young;
        Map old;
        std::size_t young_cost = 0;
        std::uint64_t drops = 0;
    };

    Shard& shard_of(CacheKey key) { return shards_[(Hash{}(key) >> 7) % shard_count]; }

    void keep(Shard& shard, OwnedKey key, Entry entry) {
        const auto cost = entry.cost;
        auto [at, added] = shard.young.try_emplace(std::move(key));
        if (!added) shard.young_cost -= at->second.cost;
        at->second = std::move(entry);
        shard.young_cost += cost;
        if (shard.young_cost <= shard_budget_) return;
        shard.old = std::exchange(shard.young, {});
        shard.young_cost = 0;
    }

    const std::size_t shard_budget_;
    std::array<Shard, shard_count> shards_;
};

}  // namespace berth
