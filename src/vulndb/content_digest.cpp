#include "vulndb/content_digest.hpp"

#include "base/encoding.hpp"
#include "base/sha256.hpp"
#include "vulndb/coding.hpp"
#include "vulndb/schema.hpp"

#include <span>
#include <string_view>

namespace berth::vulndb {

namespace {

// Each text with its length, so that no two lists of texts are hashed alike.
class Hasher {
public:
    void add(std::string_view bytes) {
        Encoder length;
        length.number(bytes.size());
        for (const auto part : {std::string_view(length.bytes()), bytes}) hash_.update(std::as_bytes(std::span(part)));
    }
    void add(std::uint64_t value) { add(std::to_string(value)); }
    [[nodiscard]] std::string hex() const {
        const auto digest = hash_.digest();
        return to_hex(std::span(reinterpret_cast<const unsigned char*>(digest.data()), digest.size()));
    }

private:
    Sha256 hash_;
};

void add_records(Session& database, const std::vector<StoredFeed>& feeds, Hasher& hasher) {
    auto rows = database.prepare("SELECT body FROM vulnerability WHERE id >= ?1 AND id < ?2 ORDER BY id");
    for (const auto& stored : feeds) {
        hasher.add(stored.feed.name);
        hasher.add(name_of(stored.feed.kind));
        hasher.add(stored.feed.counts.records);
        rows.bind(1, stored.first).bind(2, stored.first + static_cast<std::int64_t>(stored.feed.counts.records));
        while (rows.step()) hasher.add(rows.bytes(0));
    }
}

void add_rows(Session& database, std::string_view query, int columns, Hasher& hasher) {
    auto rows = database.prepare(query);
    while (rows.step())
        for (int column = 0; column < columns; ++column) hasher.add(rows.bytes(column));
}

}  // namespace

std::string content_digest(Session& database, const std::vector<StoredFeed>& feeds) {
    Hasher hasher;
    hasher.add(static_cast<std::uint64_t>(schema_version));
    add_records(database, feeds, hasher);
    add_rows(database, "SELECT cve, feed, derived, known_exploited, epss, scores FROM enrichment ORDER BY 1, 2, 3", 6,
             hasher);
    add_rows(database, "SELECT ecosystem, release FROM stream ORDER BY id", 2, hasher);
    add_rows(database,
             "SELECT p.name, a.entries FROM package p JOIN advice a ON a.package = p.id ORDER BY p.stream, p.name", 2,
             hasher);
    return hasher.hex();
}

}  // namespace berth::vulndb
