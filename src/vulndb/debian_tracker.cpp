// The Debian security tracker's JSON: {source package: {CVE: {description, releases: {codename: {...}}}}}. It says what
// OSV's conversion drops: what will not be fixed, what waits, and what nobody knows.
#include "vulndb/importers.hpp"
#include "vulndb/json_record.hpp"
#include "vulndb/json_text.hpp"
#include "vulndb/names.hpp"

#include <algorithm>
#include <optional>

namespace berth::vulndb {

namespace {

// "high**": the tracker marks what it took from NVD.
std::string without_stars(std::string urgency) {
    while (urgency.ends_with('*')) urgency.pop_back();
    return urgency;
}

// https://security-team.debian.org/security_tracker.html: <ignored> is for good; <postponed> and a plain <no-dsa> wait
// for a point release or for the next advisory of the package.
FixState state_of_open(const JsonObject& release, std::string_view urgency) {
    if (urgency == "end-of-life") return FixState::end_of_life;
    if (!has(release, "nodsa")) return FixState::affected;
    return text_of(release, "nodsa_reason") == "ignored" ? FixState::will_not_fix : FixState::deferred;
}

// nullopt: a status that is not understood.
std::optional<Affected> read_release(const JsonObject& release) {
    Affected affected;
    affected.severity = without_stars(text_of(release, "urgency"));
    const auto status = text_of(release, "status");
    const auto fixed = text_of(release, "fixed_version");
    if (status == "undetermined" || (status == "resolved" && fixed.empty())) {
        affected.state = FixState::undetermined;
    } else if (status == "resolved" && fixed == "0") {
        affected.state = FixState::not_affected;
    } else if (status == "resolved") {
        affected.ranges.push_back({.introduced = {}, .fixed = fixed, .last_affected = {}});
    } else if (status == "open") {
        affected.state = state_of_open(release, affected.severity);
        affected.ranges.emplace_back();
    } else {
        return std::nullopt;
    }
    return affected;
}

void read_flaw(const std::string& package, std::string_view name, const JsonObject& flaw, RecordSink& sink) {
    Record record{.vulnerability = {}, .advice = {}, .part = true};
    auto& vulnerability = record.vulnerability;
    vulnerability.id = name;
    vulnerability.details = text_of(flaw, "description");
    vulnerability.source = "DEBIAN_CVE";
    vulnerability.uri = "https://security-tracker.debian.org/tracker/" + vulnerability.id;
    if (vulnerability.details.starts_with("REJECTED")) return sink.withdrawn();
    const auto releases = object_of(flaw, "releases");
    if (!releases) return sink.skip(name, "it has no releases");
    for (const auto [codename, value] : *releases) {
        const auto release = as_object(value);
        auto affected = release ? read_release(*release) : std::nullopt;
        if (!affected) return sink.skip(name, "a release whose status is not understood");
        record.advice.push_back({.stream = {.ecosystem = "Debian", .release = debian_release(codename)},
                                 .package = package,
                                 .affected = *std::move(affected)});
    }
    sink.take(std::move(record));
}

}  // namespace

Result<void> import_debian_tracker(archive::Source& text, RecordSink& sink) {
    JsonText json(text);
    JsonRecords records;
    return json.members([&](const std::string& package) -> Result<void> {
        const auto value = json.value();
        if (!value) return std::unexpected(value.error());
        const auto flaws = records.parse(*value);
        if (!flaws) {
            sink.skip(package, "not an object of JSON");
            return {};
        }
        for (const auto [name, item] : *flaws) {
            if (const auto flaw = as_object(item))
                read_flaw(package, name, *flaw, sink);
            else
                sink.skip(name, "not an object");
        }
        return {};
    });
}

}  // namespace berth::vulndb
