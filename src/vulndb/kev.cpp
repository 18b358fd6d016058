// CISA's catalogue of known exploited vulnerabilities: {vulnerabilities: [{cveID, ...}]}.
#include "vulndb/importers.hpp"
#include "vulndb/json_walk.hpp"

namespace berth::vulndb {

Result<void> import_kev(archive::Source& text, RecordSink& sink) {
    return walk_list(text, "vulnerabilities", sink, [&sink](const JsonObject& item) {
        sink.take(
            Enrichment{.cve = text_of(item, "cveID"), .known_exploited = true, .epss = std::nullopt, .scores = {}});
    });
}

}  // namespace berth::vulndb
