#include "auth/basic_authenticator.hpp"

#include "auth/siphash.hpp"
#include "base/encoding.hpp"

#include <algorithm>
#include <array>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace berth::auth {

namespace {

constexpr std::string_view scheme = "basic ";
constexpr std::size_t longest_header = 8192;

std::unexpected<Fault> not_authorized() {
    return fail(FaultKind::unauthenticated, "Not Authorized");
}

bool is_basic(std::string_view header) {
    return header.size() > scheme.size() && header.size() <= longest_header &&
           std::equal(scheme.begin(), scheme.end(), header.begin(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b); });
}

SipKey random_key(Random& random) {
    SipKey key;
    random.fill(std::as_writable_bytes(std::span(&key, 1)));
    return key;
}

}  // namespace

// Several independent maps, so that threads rarely meet at one mutex. Within a map the least recently used goes.
class BasicAuthenticator::Cache {
public:
    Cache(SipKey key, std::size_t capacity)
        : key_(key), capacity_per_shard_(std::max<std::size_t>(1, capacity / shards_.size())) {}

    std::shared_ptr<const TokenClaims> find(std::string_view header, Timestamp now) {
        const auto hash = sip_hash(key_, header);
        auto& shard = shard_of(hash);
        const std::lock_guard lock(shard.mutex);
        const auto found = shard.by_hash.find(hash);
        if (found == shard.by_hash.end() || !same_bytes(found->second->header, header)) return nullptr;
        const auto entry = found->second;
        if (now >= entry->claims->expires_at) {
            shard.by_hash.erase(found);
            shard.entries.erase(entry);
            return nullptr;
        }
        shard.entries.splice(shard.entries.begin(), shard.entries, entry);
        return entry->claims;
    }

    void put(std::string_view header, std::shared_ptr<const TokenClaims> claims) {
        const auto hash = sip_hash(key_, header);
        auto& shard = shard_of(hash);
        const std::lock_guard lock(shard.mutex);
        if (const auto old = shard.by_hash.find(hash); old != shard.by_hash.end()) {
            shard.entries.erase(old->second);
            shard.by_hash.erase(old);
        } else if (shard.entries.size() >= capacity_per_shard_) {
            shard.by_hash.erase(shard.entries.back().hash);
            shard.entries.pop_back();
        }
        shard.entries.push_front({.hash = hash, .header = std::string(header), .claims = std::move(claims)});
        shard.by_hash.emplace(hash, shard.entries.begin());
    }

    std::size_t size() const {
        std::size_t total = 0;
        for (auto& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            total += shard.entries.size();
        }
        return total;
    }

private:
    struct Entry {
        std::uint64_t hash;
        std::string header;
        std::shared_ptr<const TokenClaims> claims;
    };
    struct alignas(64) Shard {
        mutable std::mutex mutex;
        std::list<Entry> entries;  // most recently used first
        std::unordered_map<std::uint64_t, std::list<Entry>::iterator> by_hash;
    };

    Shard& shard_of(std::uint64_t hash) { return shards_[hash >> 60]; }

    SipKey key_;
    std::array<Shard, 16> shards_;
    std::size_t capacity_per_shard_;
};

BasicAuthenticator::BasicAuthenticator(StatementKey key, const Clock& clock, Random& random, std::size_t capacity)
    : key_(std::move(key)), clock_(clock), cache_(std::make_unique<Cache>(random_key(random), capacity)) {}

BasicAuthenticator::~BasicAuthenticator() = default;

Result<std::shared_ptr<const TokenClaims>> BasicAuthenticator::authenticate(std::string_view header) {
    if (!is_basic(header)) return not_authorized();
    const auto now = clock_.now();
    if (auto known = cache_->find(header, now)) return known;
    auto claims = verify(header, now);
    if (!claims) return fail(std::move(claims));
    auto caller = std::make_shared<const TokenClaims>(std::move(*claims));
    cache_->put(header, caller);
    return caller;
}

std::size_t BasicAuthenticator::remembered() const {
    return cache_->size();
}

Result<TokenClaims> BasicAuthenticator::verify(std::string_view header, Timestamp now) const {
    header.remove_prefix(scheme.size());
    header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
    const auto pair = from_base64(header);
    if (!pair) return not_authorized();
    const std::string_view text = *pair;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || text.substr(0, colon) != token_user) return not_authorized();
    return verify_token(key_, text.substr(colon + 1), now);
}

}  // namespace berth::auth
