#include "vulndb/package_lists.hpp"

#include "base/sha256.hpp"
#include "vulndb/coding.hpp"
#include "vulndb/enrichment.hpp"
#include "vulndb/names.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace berth::vulndb {

namespace {

std::uint64_t short_hash(std::string_view bytes) {
    Sha256 hash;
    hash.update(std::as_bytes(std::span(bytes)));
    const auto digest = hash.digest();
    std::uint64_t value = 0;
    std::memcpy(&value, digest.data(), sizeof value);
    return value;
}

// What finish() must know of a vulnerability while it goes through the packages.
struct Known {
    std::uint64_t content = 0;  // hash over what can change a finding
    std::uint64_t name = 0;     // hash of the CVE, or of its own name
    std::int64_t modified = 0;
    std::uint32_t feed = 0;  // index
    std::uint32_t rank = 0;  // 1: the publisher's own feed
};

// Everything of a record but prose, references and EPSS, which move every day and change no finding.
std::uint64_t content_hash(Vulnerability vulnerability) {
    vulnerability.summary.clear();
    vulnerability.details.clear();
    vulnerability.references.clear();
    vulnerability.uri.clear();
    vulnerability.published_at.reset();
    vulnerability.modified_at.reset();
    return short_hash(encode_vulnerability(vulnerability) + (vulnerability.known_exploited ? "!" : ""));
}

std::vector<Known> read_vulnerabilities(Session& out, const std::vector<StoredFeed>& feeds) {
    std::vector<Known> all(1);  // numbers start at 1
    EnrichmentLookup enrichment(out);
    auto rows = out.prepare("SELECT body FROM vulnerability WHERE id >= ?1 AND id < ?2 ORDER BY id");
    for (std::uint32_t index = 0; index < feeds.size(); ++index) {
        const auto& stored = feeds[index];
        rows.bind(1, stored.first).bind(2, stored.first + static_cast<std::int64_t>(stored.feed.counts.records));
        while (rows.step()) {
            auto vulnerability = decode_vulnerability(rows.bytes(0));
            enrichment.enrich(vulnerability);
            const auto cve = cve_in_name(vulnerability.id);
            all.push_back({.content = 0,
                           .name = short_hash(cve.empty() ? std::string_view(vulnerability.id) : cve),
                           .modified = vulnerability.modified_at.value_or(0),
                           .feed = index,
                           .rank = stored.feed.kind == FeedKind::osv ? 0U : 1U});
            all.back().content = content_hash(std::move(vulnerability));
        }
    }
    return all;
}

// Better first.
auto preference(const Known& known) {
    return std::tuple(-static_cast<std::int64_t>(known.rank), -known.modified, known.feed);
}

void hide_doubles(std::vector<Entry>& entries, const std::vector<Known>& known) {
    const auto of = [&known](const Entry& entry) -> const Known& {
        return known[static_cast<std::size_t>(entry.affected.vulnerability)];
    };
    std::unordered_map<std::uint64_t, const Known*> chosen;
    for (const auto& entry : entries) {
        auto& choice = chosen[of(entry).name];
        if (choice == nullptr || preference(of(entry)) < preference(*choice)) choice = &of(entry);
    }
    for (auto& entry : entries) entry.hidden = chosen[of(entry).name]->feed != of(entry).feed;
}

std::uint64_t digest_of(const std::vector<Entry>& entries, const std::vector<Known>& known) {
    Encoder seen;
    for (const auto& entry : entries) {
        if (entry.hidden) continue;
        seen.number(known[static_cast<std::size_t>(entry.affected.vulnerability)].content);
        encode_affected(seen, entry.affected);
    }
    return short_hash(seen.bytes());
}

// Numbers the streams in their order; the stage gets the same numbers to sort by.
void write_streams(Session& out, Session& stage, const std::map<Stream, std::int64_t>& streams) {
    stage.run("CREATE TABLE stream(id INTEGER PRIMARY KEY, number INTEGER)");
    auto sort = stage.prepare("INSERT INTO stream VALUES (?1, ?2)");
    auto write = out.prepare("INSERT INTO stream VALUES (?1, ?2, ?3)");
    std::int64_t number = 0;
    for (const auto& [stream, id] : streams) {
        sort.bind(1, id).bind(2, ++number).run();
        write.bind(1, number).bind(2, stream.ecosystem).bind(3, stream.release).run();
    }
}

// Up to when each stream is known. A release to which nothing happens any more is as fresh as the feed that would tell,
// but one feed of several ecosystems may have stopped with one of them.
class Newest {
public:
    void add(const Stream& stream, const Known& known) {
        if (stream_ != &stream) feeds_ = &feeds_of_[stream];
        stream_ = &stream;
        feeds_->insert(known.feed);
        auto& newest = newest_[{stream.ecosystem, known.feed}];
        newest = std::max(newest, known.modified);
    }

    void write(Session& out) const {
        auto write = out.prepare("INSERT INTO meta VALUES (?1, ?2)");
        for (const auto& [stream, feeds] : feeds_of_) {
            std::int64_t newest = 0;
            for (const auto feed : feeds) newest = std::max(newest, newest_.at({stream.ecosystem, feed}));
            if (newest == 0) continue;
            write.bind(1, "newest " + stream.ecosystem + ":" + stream.release).bind(2, newest).run();
        }
    }

private:
    std::map<Stream, std::set<std::uint32_t>> feeds_of_;
    std::map<std::pair<std::string, std::uint32_t>, std::int64_t> newest_;
    const Stream* stream_ = nullptr;  // the last one, and its feeds
    std::set<std::uint32_t>* feeds_ = nullptr;
};

class ListWriter {
public:
    ListWriter(Session& out, const std::vector<Known>& known)
        : known_(known),
          package_(out.prepare("INSERT INTO package VALUES (?1, ?2, ?3, ?4)")),
          advice_(out.prepare("INSERT INTO advice VALUES (?1, ?2)")) {}

    void add(std::int64_t stream, std::string_view name, Entry entry) {
        if (stream != stream_ || name != name_) {
            write();
            stream_ = stream;
            name_ = name;
        }
        entries_.push_back(std::move(entry));
    }

    void write() {
        if (entries_.empty()) return;
        hide_doubles(entries_, known_);
        const auto list = encode_entries(entries_);
        const auto digest = digest_of(entries_, known_);
        ++id_;
        package_.bind(1, stream_).bind(2, name_).bind(3, id_).bind(4, static_cast<std::int64_t>(digest)).run();
        advice_.bind(1, id_).bind_bytes(2, list).run();
        entries_.clear();
    }

private:
    const std::vector<Known>& known_;
    Statement package_;
    Statement advice_;
    std::int64_t id_ = 0;
    std::int64_t stream_ = 0;
    std::string name_;
    std::vector<Entry> entries_;
};

}  // namespace

void write_package_lists(Session& out, Session& stage, const std::map<Stream, std::int64_t>& streams,
                         const std::vector<StoredFeed>& feeds) {
    const auto known = read_vulnerabilities(out, feeds);
    write_streams(out, stage, streams);
    std::vector<const Stream*> numbered{nullptr};  // numbers start at 1
    for (const auto& [stream, id] : streams) numbered.push_back(&stream);
    ListWriter lists(out, known);
    Newest newest;
    auto rows = stage.prepare(
        "SELECT s.number, a.package, a.vulnerability, a.body FROM advice a JOIN stream s ON s.id = a.stream "
        "ORDER BY s.number, a.package, a.vulnerability, a.rowid");
    while (rows.step()) {
        Decoder body(rows.bytes(3));
        Entry entry{.affected = decode_affected(body)};
        entry.affected.vulnerability = rows.integer(2);
        newest.add(*numbered.at(static_cast<std::size_t>(rows.integer(0))),
                   known.at(static_cast<std::size_t>(entry.affected.vulnerability)));
        lists.add(rows.integer(0), rows.bytes(1), std::move(entry));
    }
    lists.write();
    newest.write(out);
}

}  // namespace berth::vulndb
