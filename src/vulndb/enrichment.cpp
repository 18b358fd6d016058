#include "vulndb/enrichment.hpp"

#include "vulndb/coding.hpp"
#include "vulndb/names.hpp"

#include <algorithm>

namespace berth::vulndb {

namespace {

void add_missing(std::vector<Score>& scores, std::vector<Score> more) {
    for (auto& score : more)
        if (std::ranges::find(scores, score.vector, &Score::vector) == scores.end()) scores.push_back(std::move(score));
}

}  // namespace

std::vector<std::string_view> cves_of(const Vulnerability& vulnerability) {
    std::vector<std::string_view> cves;
    const auto add = [&cves](std::string_view name) {
        const auto cve = cve_in_name(name);
        if (!cve.empty() && std::ranges::find(cves, cve) == cves.end()) cves.push_back(cve);
    };
    add(vulnerability.id);
    for (const auto& alias : vulnerability.aliases) add(alias);
    return cves;
}

EnrichmentLookup::EnrichmentLookup(Session& session)
    : rows_(session.prepare(
          "SELECT known_exploited, epss, scores FROM enrichment WHERE cve = ?1 ORDER BY feed, derived")) {}

void EnrichmentLookup::enrich(Vulnerability& vulnerability) {
    std::vector<Score> borrowed;
    const auto cves = cves_of(vulnerability);
    for (const auto cve : cves) {
        rows_.bind(1, cve);
        while (rows_.step()) {
            vulnerability.known_exploited = vulnerability.known_exploited || rows_.integer(0) != 0;
            if (!rows_.is_null(1)) vulnerability.epss = std::max(vulnerability.epss.value_or(0), rows_.real(1));
            if (cves.size() == 1) add_missing(borrowed, decode_scores(rows_.bytes(2)));
        }
    }
    add_missing(vulnerability.scores, std::move(borrowed));
}

}  // namespace berth::vulndb
