// OSV records (https://ossf.github.io/osv-schema/), of every publisher that has its own way with them.
#include "vulndb/importers.hpp"
#include "vulndb/json_walk.hpp"
#include "vulndb/names.hpp"
#include "vulndb/osv_publisher.hpp"
#include "vulndb/times.hpp"

#include <algorithm>
#include <optional>

namespace berth::vulndb {

namespace {

// What makes a record unusable; empty: nothing does.
using Reason = std::string_view;

// Events in the order in which they stand, which every publisher keeps sorted. An end without a beginning closes
// nothing; GIT's commits and "limit" are of no use here.
Reason read_events(const JsonArray& events, std::vector<Range>& ranges) {
    std::optional<Range> open;
    for (const auto event : events) {
        const auto object = as_object(event);
        if (!object) return "an event that is no object";
        for (const auto [key, value] : *object) {
            std::string_view version;
            if (value.get(version) != simdjson::SUCCESS) return "a version that is no text";
            if (key == "introduced") {
                if (open) ranges.push_back(*open);
                open = Range{.introduced = std::string(version == "0" ? std::string_view{} : version),
                             .fixed = {},
                             .last_affected = {}};
            } else if (open && (key == "fixed" || key == "last_affected")) {
                (key == "fixed" ? open->fixed : open->last_affected) = std::string(version);
                ranges.push_back(*open);
                open.reset();
            }
        }
    }
    if (open) ranges.push_back(*open);
    return {};
}

Reason read_ranges(const JsonObject& affected, std::vector<Range>& ranges) {
    if (is_wrong_array(affected, "ranges")) return "ranges that are no list";
    const auto list = array_of(affected, "ranges");
    if (!list) return {};
    for (const auto item : *list) {
        const auto range = as_object(item);
        if (!range) return "a range that is no object";
        if (text_of(*range, "type") == "GIT") continue;
        const auto events = array_of(*range, "events");
        if (!events) return "a range without events";
        if (const auto reason = read_events(*events, ranges); !reason.empty()) return reason;
    }
    return {};
}

// GitHub ends a range without a fix here: "<= 1.2.3".
void close_range(const JsonObject& affected, std::vector<Range>& ranges) {
    const auto extra = object_of(affected, "database_specific");
    if (!extra || ranges.size() != 1 || ranges.front().fixed || ranges.front().last_affected) return;
    auto known = text_of(*extra, "last_known_affected_version_range");
    if (known.starts_with("<= ")) ranges.front().last_affected = known.substr(3);
}

// "Fixed in 0" is how a distribution says that it never had the flaw.
bool never_affected(const Affected& affected) {
    return affected.versions.empty() && !affected.ranges.empty() &&
           std::ranges::all_of(affected.ranges,
                               [](const Range& range) { return range.introduced.empty() && range.fixed == "0"; });
}

Reason read_affected(const JsonObject& object, Record& record) {
    const auto package = object_of(object, "package");
    if (!package) return {};  // commits of a repository alone
    const auto stream = stream_of_osv(text_of(*package, "ecosystem"));
    if (!stream) return {};
    Advice advice{.stream = *stream, .package = text_of(*package, "name"), .affected = {}};
    auto& affected = advice.affected;
    if (const auto reason = read_ranges(object, affected.ranges); !reason.empty()) return reason;
    close_range(object, affected.ranges);
    if (is_wrong_array(object, "versions")) return "versions that are no list";
    // With ranges the list only repeats, for people without the ecosystem's order, what they say.
    if (affected.ranges.empty()) affected.versions = texts_of(object, "versions");
    if (affected.ranges.empty() && affected.versions.empty()) return {};
    if (never_affected(affected))
        affected = Affected{.ranges = {},
                            .versions = {},
                            .state = FixState::not_affected,
                            .severity = {},
                            .module_label = {},
                            .architectures = {}};
    if (const auto extra = object_of(object, "ecosystem_specific")) {
        affected.severity = text_of(*extra, "urgency");
        if (affected.severity == "end-of-life") affected.state = FixState::end_of_life;
    }
    record.advice.push_back(std::move(advice));
    return {};
}

void read_severities(const JsonObject& object, Vulnerability& vulnerability) {
    const auto list = array_of(object, "severity");
    if (!list) return;
    for (const auto item : *list) {
        const auto severity = as_object(item);
        if (!severity) continue;
        const auto type = text_of(*severity, "type");
        auto score = text_of(*severity, "score");
        if (type.starts_with("CVSS_"))
            vulnerability.scores.push_back({.vector = std::move(score), .source = score_source(vulnerability.source)});
        else if (type == "Ubuntu")
            vulnerability.severity = std::move(score);
    }
}

void read_severity_word(const JsonObject& object, Vulnerability& vulnerability) {
    if (const auto extra = object_of(object, "database_specific"); extra && vulnerability.severity.empty())
        vulnerability.severity = text_of(*extra, "severity");
    if (vulnerability.severity.empty()) vulnerability.severity = severity_in_summary(vulnerability);
    if (vulnerability.severity.empty() && vulnerability.scores.empty() && is_malware(vulnerability))
        vulnerability.severity = "CRITICAL";
}

void read_references(const JsonObject& object, Vulnerability& vulnerability) {
    const auto list = array_of(object, "references");
    if (!list) return;
    for (const auto item : *list)
        if (const auto reference = as_object(item)) {
            auto url = text_of(*reference, "url");
            if (!url.empty()) vulnerability.references.push_back(std::move(url));
        }
}

// `upstream` names what a distribution's record is about: of one flaw its other name, of an erratum what it fixes.
void read_names(const JsonObject& object, Vulnerability& vulnerability) {
    vulnerability.aliases = texts_of(object, "aliases");
    vulnerability.related = texts_of(object, "related");
    for (auto& name : texts_of(object, "upstream")) {
        const bool same = vulnerability.id.ends_with("-" + name);
        (same ? vulnerability.aliases : vulnerability.related).push_back(std::move(name));
    }
    const std::string cve(cve_in_name(vulnerability.id));
    auto& aliases = vulnerability.aliases;
    if (!cve.empty() && cve != vulnerability.id && std::ranges::find(aliases, cve) == aliases.end())
        aliases.push_back(cve);
}

Reason read_record(const JsonObject& object, Record& record) {
    auto& vulnerability = record.vulnerability;
    vulnerability.id = text_of(object, "id");
    if (vulnerability.id.empty()) return "it has no id";
    if (is_wrong_array(object, "affected") || is_wrong_array(object, "aliases") || is_wrong_array(object, "related"))
        return "a list that is none";
    if (const auto list = array_of(object, "affected"))
        for (const auto item : *list) {
            const auto affected = as_object(item);
            if (!affected) return "an affected package that is no object";
            if (const auto reason = read_affected(*affected, record); !reason.empty()) return reason;
        }
    read_names(object, vulnerability);
    vulnerability.summary = text_of(object, "summary");
    vulnerability.details = text_of(object, "details");
    vulnerability.published_at = parse_time(text_of(object, "published"));
    vulnerability.modified_at = parse_time(text_of(object, "modified"));
    read_references(object, vulnerability);
    vulnerability.source = publisher_of(record);
    vulnerability.uri = page_of(vulnerability);
    read_severities(object, vulnerability);
    read_severity_word(object, vulnerability);
    return {};
}

}  // namespace

Result<void> import_osv(archive::Source& text, RecordSink& sink) {
    return walk_records(text, sink, [&sink](const JsonObject& object) {
        if (has(object, "withdrawn")) return sink.withdrawn();
        Record record;
        if (const auto reason = read_record(object, record); !reason.empty())
            sink.skip(record.vulnerability.id, reason);
        else if (is_rejected(record.vulnerability))
            sink.withdrawn();
        else
            sink.take(std::move(record));
    });
}

}  // namespace berth::vulndb
