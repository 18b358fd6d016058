// What is known of a CVE beside its record: exploited, likely to be, and vectors that other records of it carry.
#pragma once

#include "vulndb/record.hpp"
#include "vulndb/sqlite_session.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace berth::vulndb {

// The CVEs that a record is about: its own name and its aliases. Related names are not: an erratum fixes many.
[[nodiscard]] std::vector<std::string_view> cves_of(const Vulnerability& vulnerability);

class EnrichmentLookup {
public:
    explicit EnrichmentLookup(Session& session);

    // Adds to a record what the CVEs that it is about are known for; its own scores stay first. Scores are borrowed
    // only by a record of exactly one CVE.
    void enrich(Vulnerability& vulnerability);
    void reset() noexcept { rows_.reset(); }

private:
    Statement rows_;
};

}  // namespace berth::vulndb
