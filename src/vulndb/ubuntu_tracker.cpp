// Statuses of Ubuntu's CVE tracker, a line a CVE: {candidate, priority, public_date, description, packages: {release:
// {source package: [status, note]}}}; the note of "released" is the fixed version.
#include "vulndb/importers.hpp"
#include "vulndb/json_walk.hpp"
#include "vulndb/names.hpp"
#include "vulndb/times.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace berth::vulndb {

namespace {

// "jammy", "esm-apps/jammy" (paid, so a stream of its own); nullopt: not a release that images have.
std::optional<Stream> stream_of(std::string_view release) {
    const auto slash = release.find('/');
    const bool paid = slash != std::string_view::npos;
    auto number = ubuntu_release(paid ? release.substr(slash + 1) : release);
    if (!number) return std::nullopt;
    return Stream{.ecosystem = paid ? "Ubuntu Pro" : "Ubuntu", .release = *std::move(number)};
}

bool says_end_of_life(std::string_view note) {
    return note.find("end of life") != std::string_view::npos ||
           note.find("end of standard support") != std::string_view::npos ||
           note.find("reached end-of-life") != std::string_view::npos;
}

// nullopt: the package is not vulnerable, or not there. `pending` has a fix that nobody can install yet.
std::optional<Affected> read_status(std::string_view status, std::string_view note) {
    Affected affected;
    affected.ranges.emplace_back();
    if (status == "released" && note.empty()) return std::nullopt;
    if (status == "released") {
        affected.ranges.front().fixed = note;
    } else if (status == "ignored") {
        affected.state = says_end_of_life(note) ? FixState::end_of_life : FixState::will_not_fix;
    } else if (status == "deferred") {
        affected.state = FixState::deferred;
    } else if (status != "needed" && status != "needs-triage" && status != "pending" && status != "active") {
        return std::nullopt;
    }
    return affected;
}

// False: not understood.
bool read_packages(const Stream& stream, const JsonObject& packages, Record& record) {
    for (const auto [package, value] : packages) {
        JsonArray words;
        if (value.get(words) != simdjson::SUCCESS || words.size() == 0) return false;
        auto affected = read_status(as_text(words.at(0)), words.size() > 1 ? as_text(words.at(1)) : std::string{});
        if (affected)
            record.advice.push_back(
                {.stream = stream, .package = std::string(package), .affected = *std::move(affected)});
    }
    return true;
}

void read_line(const JsonObject& line, RecordSink& sink) {
    Record record;
    auto& vulnerability = record.vulnerability;
    vulnerability.id = text_of(line, "candidate");
    vulnerability.severity = text_of(line, "priority");
    vulnerability.details = text_of(line, "description");
    vulnerability.published_at = parse_time(text_of(line, "public_date"));
    vulnerability.source = "UBUNTU_CVE";
    vulnerability.uri = "https://ubuntu.com/security/" + vulnerability.id;
    const auto releases = object_of(line, "packages");
    if (!releases) return sink.skip(vulnerability.id, "it has no packages");
    for (const auto [release, value] : *releases) {
        const auto stream = stream_of(release);
        if (!stream) continue;
        const auto packages = as_object(value);
        if (!packages || !read_packages(*stream, *packages, record))
            return sink.skip(vulnerability.id, "a status that is not understood");
    }
    sink.take(std::move(record));
}

}  // namespace

Result<void> import_ubuntu_tracker(archive::Source& text, RecordSink& sink) {
    return walk_records(text, sink, [&sink](const JsonObject& line) { read_line(line, sink); });
}

}  // namespace berth::vulndb
