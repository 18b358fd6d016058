// NVD's JSON 2.0, of its interface and of its yearly files: {vulnerabilities: [{cve: {id, vulnStatus, metrics}}]}.
// Taken are the CVSS vectors alone: NVD's product names fit no package.
#include "vulndb/importers.hpp"
#include "vulndb/json_walk.hpp"

#include <algorithm>

namespace berth::vulndb {

namespace {

// NVD's own opinion before others', which it lists beside it.
void read_metric(const JsonObject& metric, std::vector<Score>& scores) {
    const auto data = object_of(metric, "cvssData");
    if (!data) return;
    const bool own = text_of(metric, "source") == "nvd@nist.gov";
    Score score{.vector = text_of(*data, "vectorString"), .source = own ? "NVD" : "CNA"};
    if (!score.vector.empty()) scores.insert(own ? scores.begin() : scores.end(), std::move(score));
}

void read_item(const JsonObject& item, RecordSink& sink) {
    const auto cve = object_of(item, "cve");
    if (!cve) return sink.skip({}, "an entry without a CVE");
    if (text_of(*cve, "vulnStatus") == "Rejected") return sink.withdrawn();
    Enrichment enrichment{.cve = text_of(*cve, "id"), .known_exploited = false, .epss = std::nullopt, .scores = {}};
    const auto metrics = object_of(*cve, "metrics");
    for (const std::string_view version : {"cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"}) {
        const auto list = metrics ? array_of(*metrics, version) : std::nullopt;
        if (!list) continue;
        std::vector<Score> scores;
        for (const auto entry : *list)
            if (const auto metric = as_object(entry)) read_metric(*metric, scores);
        std::ranges::move(scores, std::back_inserter(enrichment.scores));
    }
    if (!enrichment.scores.empty()) sink.take(std::move(enrichment));
}

}  // namespace

Result<void> import_nvd(archive::Source& text, RecordSink& sink) {
    return walk_list(text, "vulnerabilities", sink, [&sink](const JsonObject& item) { read_item(item, sink); });
}

}  // namespace berth::vulndb
