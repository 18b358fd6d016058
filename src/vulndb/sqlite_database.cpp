#include "vulndb/sqlite_database.hpp"

#include "base/cache_table.hpp"
#include "vulndb/coding.hpp"
#include "vulndb/enrichment.hpp"
#include "vulndb/generation_file.hpp"
#include "vulndb/names.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace berth::vulndb {

namespace {

// One thread's way in: the statements are prepared once.
struct Reader {
    explicit Reader(const GenerationFile& file)
        : session(file.session()),
          package(session.prepare("SELECT id FROM package WHERE stream = ?1 AND name = ?2")),
          advice(session.prepare("SELECT entries FROM advice WHERE package = ?1")),
          vulnerability(session.prepare("SELECT body FROM vulnerability WHERE id = ?1")),
          enrichment(session) {}

    // Whatever a throw left half read.
    void reset() noexcept {
        package.reset();
        advice.reset();
        vulnerability.reset();
        enrichment.reset();
    }

    Session session;
    Statement package;
    Statement advice;
    Statement vulnerability;
    EnrichmentLookup enrichment;
};

}  // namespace

class SqliteDatabase::Implementation {
public:
    Implementation(std::shared_ptr<const GenerationFile> opened, std::size_t cache_bytes)
        : file(std::move(opened)), advice(cache_bytes / 2), vulnerabilities(cache_bytes / 2) {
        const auto reader = lend();
        auto rows = reader->session.prepare(
            "SELECT s.id, s.ecosystem, s.release, m.value FROM stream s "
            "LEFT JOIN meta m ON m.key = 'newest ' || s.ecosystem || ':' || s.release");
        while (rows.step()) {
            Stream stream{.ecosystem = std::string(rows.bytes(1)), .release = std::string(rows.bytes(2))};
            if (!rows.is_null(3)) newest.emplace(stream, rows.integer(3));
            streams.emplace(std::move(stream), rows.integer(0));
        }
    }

    // A reader for as long as the answer lives. Threads never wait for each other, only make one more.
    struct GiveBack {
        Implementation* to;
        void operator()(Reader* reader) const {
            reader->reset();
            const std::scoped_lock lock(to->mutex_);
            to->idle_.emplace_back(reader);
        }
    };
    std::unique_ptr<Reader, GiveBack> lend() {
        {
            const std::scoped_lock lock(mutex_);
            if (!idle_.empty()) {
                auto* reader = idle_.back().release();
                idle_.pop_back();
                return {reader, GiveBack{this}};
            }
        }
        return {new Reader(*file), GiveBack{this}};
    }

    std::shared_ptr<const GenerationFile> file;
    std::map<Stream, std::int64_t> streams;
    std::map<Stream, std::int64_t> newest;  // of those that have a date
    // Few shards: the advice on a kernel alone takes a megabyte.
    CacheTable<std::vector<Affected>, 4> advice;   // key: stream, package
    CacheTable<Vulnerability, 4> vulnerabilities;  // key: vulnerability, ""

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> idle_;
};

SqliteDatabase::SqliteDatabase(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

SqliteDatabase::~SqliteDatabase() = default;

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::filesystem::path& file,
                                                             std::size_t cache_bytes) {
    auto opened = GenerationFile::open(file);
    if (!opened) return fail(std::move(opened));
    try {
        return std::unique_ptr<SqliteDatabase>(
            new SqliteDatabase(std::make_unique<Implementation>(*std::move(opened), cache_bytes)));
    } catch (const SqliteError& error) {
        return fail(FaultKind::unavailable, error.what());
    }
}

Freshness SqliteDatabase::freshness() const {
    return implementation_->file->freshness();
}

bool SqliteDatabase::covers(const Stream& stream) const {
    return implementation_->streams.contains(stream);
}

std::optional<std::int64_t> SqliteDatabase::newest_record_at(const Stream& stream) const {
    const auto found = implementation_->newest.find(stream);
    return found == implementation_->newest.end() ? std::nullopt : std::optional(found->second);
}

namespace {

std::size_t cost_of(const std::string& text) {
    return sizeof(std::string) + text.size();
}

std::size_t cost_of(const std::vector<Affected>& advice) {
    std::size_t cost = 64;
    for (const auto& affected : advice) {
        cost += sizeof(Affected) + affected.ranges.size() * sizeof(Range) + affected.severity.size();
        for (const auto& range : affected.ranges) cost += range.introduced.size() + range.fixed.value_or("").size();
        for (const auto& version : affected.versions) cost += cost_of(version);
    }
    return cost;
}

std::size_t cost_of(const Vulnerability& one) {
    std::size_t cost = sizeof(Vulnerability) + one.summary.size() + one.details.size();
    for (const auto* texts : {&one.aliases, &one.related, &one.references}) {
        for (const auto& text : *texts) cost += cost_of(text);
    }
    return cost + one.scores.size() * 128;
}

std::vector<Affected> read_advice(Reader& reader, std::int64_t stream, const std::string& package) {
    reader.package.bind(1, stream).bind(2, package);
    if (!reader.package.step()) return {};
    reader.advice.bind(1, reader.package.integer(0));
    if (!reader.advice.step()) return {};
    std::vector<Affected> found;
    for (auto& entry : decode_entries(reader.advice.bytes(0))) {
        if (!entry.hidden) found.push_back(std::move(entry.affected));
    }
    return found;
}

}  // namespace

AdviceList SqliteDatabase::find(const Stream& stream, std::string_view package) const {
    const auto id = implementation_->streams.find(stream);
    if (id == implementation_->streams.end()) return std::make_shared<const std::vector<Affected>>();
    const auto name = normalised_name(stream.ecosystem, package);
    const CacheKey key{id->second, name};
    auto& cache = implementation_->advice;
    if (auto known = cache.find(key)) return known;
    const auto ticket = cache.ticket(key);
    auto found = std::make_shared<const std::vector<Affected>>(read_advice(*implementation_->lend(), id->second, name));
    cache.put(ticket, key, found, cost_of(*found));
    return found;
}

std::shared_ptr<const Vulnerability> SqliteDatabase::vulnerability(std::int64_t key) const {
    auto& cache = implementation_->vulnerabilities;
    if (auto known = cache.find({key, ""})) return known;
    const auto ticket = cache.ticket({key, ""});
    const auto reader = implementation_->lend();
    reader->vulnerability.bind(1, key);
    if (!reader->vulnerability.step()) throw std::out_of_range("no vulnerability has the key " + std::to_string(key));
    auto read = decode_vulnerability(reader->vulnerability.bytes(0));
    reader->enrichment.enrich(read);
    auto found = std::make_shared<const Vulnerability>(std::move(read));
    cache.put(ticket, {key, ""}, found, cost_of(*found));
    return found;
}

std::vector<Feed> SqliteDatabase::feeds() const {
    std::vector<Feed> feeds;
    for (const auto& stored : implementation_->file->feeds()) feeds.push_back(stored.feed);
    return feeds;
}

std::vector<Stream> SqliteDatabase::streams() const {
    std::vector<Stream> streams;
    for (const auto& [stream, id] : implementation_->streams) streams.push_back(stream);
    return streams;
}

std::uint64_t SqliteDatabase::file_bytes() const {
    return implementation_->file->bytes().size();
}

namespace {

// The packages of a stream with their digests, in the order of their names.
class Digests {
public:
    Digests(const GenerationFile& file, std::optional<std::int64_t> stream)
        : session_(file.session()),
          rows_(session_.prepare("SELECT name, digest FROM package WHERE stream = ?1 ORDER BY name")) {
        if (stream) rows_.bind(1, *stream);
        next();
    }
    void next() {
        there_ = rows_.step();
        if (there_) name_ = rows_.bytes(0);
    }
    [[nodiscard]] bool there() const { return there_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::int64_t digest() const { return rows_.integer(1); }

private:
    Session session_;
    Statement rows_;
    std::string name_;
    bool there_ = false;
};

void compare_streams(const Stream& stream, Digests before, Digests after, std::vector<ChangedPackage>& changed) {
    while (before.there() || after.there()) {
        const bool only_before = before.there() && (!after.there() || before.name() < after.name());
        const bool only_after = !only_before && (!before.there() || after.name() < before.name());
        if (only_before || only_after || before.digest() != after.digest())
            changed.push_back({.stream = stream, .package = only_after ? after.name() : before.name()});
        if (!only_after) before.next();
        if (!only_before) after.next();
    }
}

std::optional<std::int64_t> id_in(const std::map<Stream, std::int64_t>& streams, const Stream& stream) {
    const auto found = streams.find(stream);
    if (found == streams.end()) return std::nullopt;
    return found->second;
}

}  // namespace

std::vector<ChangedPackage> SqliteDatabase::changed_packages(const SqliteDatabase& before,
                                                             const SqliteDatabase& after) {
    const auto& old_streams = before.implementation_->streams;
    const auto& new_streams = after.implementation_->streams;
    auto all = old_streams;
    all.insert(new_streams.begin(), new_streams.end());
    std::vector<ChangedPackage> changed;
    for (const auto& [stream, unused] : all)
        compare_streams(stream, Digests(*before.implementation_->file, id_in(old_streams, stream)),
                        Digests(*after.implementation_->file, id_in(new_streams, stream)), changed);
    return changed;
}

}  // namespace berth::vulndb
