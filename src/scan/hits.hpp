// Every (package, advice) pair of an image that fits: what findings are put together from.
#pragma once

#include "inventory/package.hpp"
#include "scan/system.hpp"
#include "vulndb/database.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace berth::scan {

// Records by key, each read once.
class Records {
public:
    explicit Records(const vulndb::Database& database) : database_(database) {}
    [[nodiscard]] const vulndb::Vulnerability& get(std::int64_t key);

private:
    const vulndb::Database& database_;
    std::unordered_map<std::int64_t, std::shared_ptr<const vulndb::Vulnerability>> records_;
};

// A package with what its advisories call it. Points into the inventory.
struct Query {
    Subject subject;
    const inventory::Package* package = nullptr;
};

struct PackageHit {
    const inventory::Package* package = nullptr;
    const Subject* subject = nullptr;  // of the Query
    std::int64_t record = 0;
    vulndb::FixState state{};
    std::string severity;  // the publisher's word for this package
    std::string fixed_in;
    // An erratum's CVEs that this hit stands for; empty: the record's own flaw.
    std::vector<std::string> cves;
};

struct Hits {
    std::vector<PackageHit> hits;
    // Packages that have advice by version, but whose own version is none of their ecosystem: they may have more hits.
    std::vector<const inventory::Package*> without_version;
};

// Which packages of languages are asked about.
using IsAsked = std::function<bool(const inventory::Package&)>;

// The queries are sorted by subject, as queries_of() makes them, and must outlive the hits.
[[nodiscard]] std::vector<Query> queries_of(const inventory::Inventory& inventory, const System* system,
                                            const IsAsked& is_asked);
[[nodiscard]] Hits find_hits(const std::vector<Query>& queries, const System* system, const vulndb::Database& database,
                             Records& records);

}  // namespace berth::scan
