// The vulnerability database as its readers see it: one immutable generation. A newer one is another file and another
// object, so a running scan finishes on what it started with.
#pragma once

#include "vulndb/advisory.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

struct Freshness {
    std::string generation;                        // changes with every import that changed anything
    std::int64_t built_at = 0;                     // milliseconds since 1970
    std::optional<std::int64_t> newest_record_at;  // the newest change any publisher made
};

// Shared with whoever asks for the same at the same time.
using AdviceList = std::shared_ptr<const std::vector<Affected>>;

// Thread-safe.
class Database {
public:
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    virtual ~Database() = default;

    [[nodiscard]] virtual Freshness freshness() const = 0;
    // Is there anything at all about this stream? A release nobody publishes for must not look safe.
    [[nodiscard]] virtual bool covers(const Stream& stream) const = 0;
    // The newest change in what the feeds that speak of this stream say of its ecosystem: up to when it is known.
    // nullopt: there is nothing, or the feeds give no dates.
    [[nodiscard]] virtual std::optional<std::int64_t> newest_record_at(const Stream& stream) const {
        return covers(stream) ? freshness().newest_record_at : std::nullopt;
    }
    // Everything that is said of a package, name as scan/ normalises it. Ordered by vulnerability. Never
    // null.
    [[nodiscard]] virtual AdviceList find(const Stream& stream, std::string_view package) const = 0;
    // The record of a key that find() gave.
    [[nodiscard]] virtual std::shared_ptr<const Vulnerability> vulnerability(std::int64_t key) const = 0;
};

// Up to when the database knows what an image is judged by, which these streams are: the oldest of their newest
// changes, as a newer feed makes up for none that ended. nullopt: none of them has one.
[[nodiscard]] std::optional<std::int64_t> known_until(const Database& database, const std::vector<Stream>& streams);

}  // namespace berth::vulndb
