#include "vulndb/generation_builder.hpp"

#include "vulndb/bounds.hpp"
#include "vulndb/coding.hpp"
#include "vulndb/content_digest.hpp"
#include "vulndb/enrichment.hpp"
#include "vulndb/names.hpp"
#include "vulndb/package_lists.hpp"
#include "vulndb/record_limits.hpp"
#include "vulndb/schema.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace berth::vulndb {

namespace {

constexpr std::size_t max_reasons = 5;

Session create_out(const std::filesystem::path& file) {
    auto session = Session::create(file);
    session.run("PRAGMA application_id=" + std::to_string(application_id) +
                "; PRAGMA user_version=" + std::to_string(schema_version));
    session.run(schema);
    session.run("BEGIN");
    return session;
}

// One word for a package of a stream in a record; that two fall together is as good as impossible.
std::size_t place_of(std::int64_t key, const Advice& advice) {
    std::size_t place = std::hash<std::int64_t>{}(key);
    for (const auto* part : {&advice.stream.ecosystem, &advice.stream.release, &advice.package})
        place = place * 0x9e3779b97f4a7c15U + std::hash<std::string>{}(*part);
    return place;
}

Session create_stage(const std::filesystem::path& file) {
    auto session = Session::create(file);
    session.run("CREATE TABLE advice(stream INTEGER, package TEXT, vulnerability INTEGER, body BLOB)");
    session.run("BEGIN");
    return session;
}

}  // namespace

GenerationBuilder::GenerationBuilder(std::filesystem::path file)
    : file_(std::move(file)),
      stage_file_(file_.string() + ".stage"),
      out_(create_out(file_)),
      stage_(create_stage(stage_file_)),
      insert_vulnerability_(out_.prepare("INSERT INTO vulnerability VALUES (?1, ?2)")),
      insert_enrichment_(out_.prepare("INSERT INTO enrichment VALUES (?1, ?2, ?3, ?4, ?5, ?6)")),
      insert_stage_(stage_.prepare("INSERT INTO advice VALUES (?1, ?2, ?3, ?4)")) {}

GenerationBuilder::~GenerationBuilder() {
    std::error_code ignored;
    std::filesystem::remove(stage_file_, ignored);
}

void GenerationBuilder::begin_feed(std::string name, FeedKind kind) {
    feed_ = StoredFeed{};
    feed_.feed.name = std::move(name);
    feed_.feed.kind = kind;
    feed_.id = static_cast<std::int64_t>(feeds_.size()) + 1;
    feed_.first = last_key_ + 1;
    reasons_.clear();
    seen_.clear();
    said_.clear();
    derived_scores_.clear();
}

void GenerationBuilder::take(Record record) {
    if (const auto wrong = tidy(record); !wrong.empty()) return skip(record.vulnerability.id, wrong);
    const auto unreadable = mend_bounds(record.advice);
    for (const auto& bound : unreadable) skip(record.vulnerability.id, bound);
    if (record.advice.empty() && !unreadable.empty()) return;
    if (record.advice.empty())
        return skip(record.vulnerability.id, "no package of a system or language that images hold");
    const auto [seen, first] = seen_.try_emplace(record.vulnerability.id, last_key_ + 1);
    if (!first && !record.part && drop_what_was_said(seen->second, record) == 0)
        return skip(record.vulnerability.id, "a second record of this name, and nothing new");
    if (first) {
        add_vulnerability(record.vulnerability);
        ++feed_.feed.counts.records;
    }
    for (const auto& advice : record.advice) {
        if (!record.part) said_.insert(place_of(seen->second, advice));
        add_advice(seen->second, advice);
    }
    feed_.feed.counts.advice += record.advice.size();
}

// Of a package that an earlier record of the same name spoke of, the earlier one counts. Returns what is left.
std::size_t GenerationBuilder::drop_what_was_said(std::int64_t key, Record& record) const {
    std::erase_if(record.advice, [&](const Advice& advice) { return said_.contains(place_of(key, advice)); });
    return record.advice.size();
}

void GenerationBuilder::take(Enrichment enrichment) {
    if (const auto wrong = tidy(enrichment); !wrong.empty()) return skip(enrichment.cve, wrong);
    if (!seen_.try_emplace(enrichment.cve, 0).second) return skip(enrichment.cve, "a second record of this name");
    write_enrichment(enrichment.cve, false, enrichment);
    ++feed_.feed.counts.enrichments;
}

void GenerationBuilder::skip(std::string_view record, std::string_view reason) {
    ++feed_.feed.counts.skipped;
    if (reasons_.size() >= max_reasons) return;
    // Whatever stands there: it goes to a terminal.
    std::string name(record.substr(0, limits::name_bytes));
    std::ranges::replace_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    reasons_.push_back((name.empty() ? "a record without a name" : name) + ": " + std::string(reason));
}

GenerationBuilder::Ended GenerationBuilder::end_feed(std::string sha256, std::uint64_t bytes) {
    feed_.feed.sha256 = std::move(sha256);
    feed_.feed.bytes = bytes;
    write_derived();
    write_feed();
    return {.feed = feed_.feed, .reasons = std::exchange(reasons_, {})};
}

void GenerationBuilder::write_feed() {
    const auto& feed = feed_.feed;
    auto row = out_.prepare("INSERT INTO feed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    row.bind(1, feed_.id).bind(2, feed.name).bind(3, name_of(feed.kind)).bind(4, feed.sha256);
    const auto number = [&row](int parameter, std::uint64_t value) {
        row.bind(parameter, static_cast<std::int64_t>(value));
    };
    number(5, feed.bytes);
    number(6, feed.counts.records);
    number(7, feed.counts.advice);
    number(8, feed.counts.enrichments);
    number(9, feed.counts.withdrawn);
    number(10, feed.counts.skipped);
    if (feed.newest_record_at)
        row.bind(11, *feed.newest_record_at);
    else
        row.bind_null(11);
    row.bind(12, feed_.first);
    row.run();
    feeds_.push_back(feed_);
}

std::int64_t GenerationBuilder::add_vulnerability(const Vulnerability& vulnerability) {
    insert_vulnerability_.bind(1, ++last_key_).bind_bytes(2, encode_vulnerability(vulnerability)).run();
    remember_scores(vulnerability);
    if (vulnerability.modified_at)
        feed_.feed.newest_record_at = std::max(feed_.feed.newest_record_at.value_or(0), *vulnerability.modified_at);
    return last_key_;
}

void GenerationBuilder::add_advice(std::int64_t key, const Advice& advice) {
    Encoder body;
    encode_affected(body, advice.affected);
    insert_stage_.bind(1, stream_id(advice.stream))
        .bind(2, normalised_name(advice.stream.ecosystem, advice.package))
        .bind(3, key)
        .bind_bytes(4, body.bytes())
        .run();
}

std::int64_t GenerationBuilder::stream_id(const Stream& stream) {
    return streams_.try_emplace(stream, static_cast<std::int64_t>(streams_.size()) + 1).first->second;
}

void GenerationBuilder::remember_scores(const Vulnerability& vulnerability) {
    const auto cves = cves_of(vulnerability);
    if (vulnerability.scores.empty() || cves.size() != 1) return;
    auto& known = derived_scores_[std::string(cves.front())];
    for (const auto& score : vulnerability.scores)
        if (known.size() < limits::scores && std::ranges::find(known, score) == known.end()) known.push_back(score);
}

void GenerationBuilder::write_derived() {
    for (auto& [cve, scores] : derived_scores_)
        write_enrichment(cve, true, {.cve = cve, .known_exploited = false, .epss = {}, .scores = std::move(scores)});
    derived_scores_.clear();
}

void GenerationBuilder::write_enrichment(std::string_view cve, bool derived, const Enrichment& enrichment) {
    insert_enrichment_.bind(1, cve)
        .bind(2, feed_.id)
        .bind(3, std::int64_t{derived})
        .bind(4, std::int64_t{enrichment.known_exploited});
    if (enrichment.epss)
        insert_enrichment_.bind_real(5, *enrichment.epss);
    else
        insert_enrichment_.bind_null(5);
    insert_enrichment_.bind_bytes(6, encode_scores(enrichment.scores)).run();
}

// The records now; the advice and the enrichments of all feeds of a file in one pass, in finish().
void GenerationBuilder::copy_feed(const std::shared_ptr<const GenerationFile>& from, const StoredFeed& feed) {
    begin_feed(feed.feed.name, feed.feed.kind);
    feed_.feed = feed.feed;
    const auto count = static_cast<std::int64_t>(feed.feed.counts.records);
    copied_[from].push_back(
        {.old_first = feed.first, .count = count, .new_first = feed_.first, .new_feed = feed_.id, .old_feed = feed.id});
    auto in = from->session();
    auto rows = in.prepare("SELECT body FROM vulnerability WHERE id >= ?1 AND id < ?2 ORDER BY id");
    rows.bind(1, feed.first).bind(2, feed.first + count);
    while (rows.step()) add_vulnerability(decode_vulnerability(rows.bytes(0)));
    if (last_key_ - feed_.first + 1 != count) throw BadCoding();
    write_derived();
    write_feed();
}

void GenerationBuilder::copy_advice(const GenerationFile& from, const std::vector<Copied>& runs) {
    auto in = from.session();
    auto rows = in.prepare(
        "SELECT s.ecosystem, s.release, p.name, a.entries FROM package p JOIN stream s ON s.id = p.stream "
        "JOIN advice a ON a.package = p.id ORDER BY p.stream, p.name");
    while (rows.step()) {
        const Stream stream{.ecosystem = std::string(rows.bytes(0)), .release = std::string(rows.bytes(1))};
        const std::string package(rows.bytes(2));
        for (auto& entry : decode_entries(rows.bytes(3))) {
            const auto key = entry.affected.vulnerability;
            const auto run = std::ranges::find_if(
                runs, [key](const Copied& r) { return key >= r.old_first && key < r.old_first + r.count; });
            if (run == runs.end()) continue;
            add_advice(key - run->old_first + run->new_first,
                       {.stream = stream, .package = package, .affected = std::move(entry.affected)});
        }
    }
}

void GenerationBuilder::copy_enrichments(const GenerationFile& from, const std::vector<Copied>& runs) {
    auto in = from.session();
    auto rows = in.prepare("SELECT cve, feed, known_exploited, epss, scores FROM enrichment WHERE derived = 0");
    while (rows.step()) {
        const auto run = std::ranges::find(runs, rows.integer(1), &Copied::old_feed);
        if (run == runs.end()) continue;
        feed_.id = run->new_feed;
        Enrichment enrichment{.cve = std::string(rows.bytes(0)),
                              .known_exploited = rows.integer(2) != 0,
                              .epss = rows.is_null(3) ? std::nullopt : std::optional(rows.real(3)),
                              .scores = decode_scores(rows.bytes(4))};
        write_enrichment(enrichment.cve, false, enrichment);
    }
}

std::string GenerationBuilder::finish(Timestamp built_at) {
    for (const auto& [file, runs] : copied_) {
        copy_advice(*file, runs);
        copy_enrichments(*file, runs);
    }
    stage_.run("COMMIT");
    write_package_lists(out_, stage_, streams_, feeds_);
    const auto content = content_digest(out_, feeds_);
    auto generation = content.substr(0, generation_digits);
    std::optional<std::int64_t> newest;
    for (const auto& stored : feeds_)
        if (stored.feed.newest_record_at) newest = std::max(newest.value_or(0), *stored.feed.newest_record_at);
    auto meta = out_.prepare("INSERT INTO meta VALUES (?1, ?2)");
    meta.bind(1, "generation").bind(2, generation).run();
    meta.bind(1, "content").bind(2, content).run();
    meta.bind(1, "built_at").bind(2, built_at.time_since_epoch().count()).run();
    if (newest) meta.bind(1, "newest").bind(2, *newest).run();
    out_.run("COMMIT");
    return generation;
}

}  // namespace berth::vulndb
