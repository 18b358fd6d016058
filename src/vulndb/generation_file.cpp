#include "vulndb/generation_file.hpp"

#include "vulndb/coding.hpp"
#include "vulndb/content_digest.hpp"
#include "vulndb/schema.hpp"

#include <cstring>

namespace berth::vulndb {

namespace {

constexpr std::size_t header_bytes = 100;
constexpr std::string_view magic{"SQLite format 3\0", 16};
constexpr std::size_t user_version_at = 60;
constexpr std::size_t application_id_at = 68;

std::unexpected<Fault> unusable(const std::filesystem::path& file, std::string_view why) {
    return fail(FaultKind::unavailable, "vulnerability database " + file.string() + ": " + std::string(why));
}

std::int64_t big_endian(std::span<const std::byte> bytes, std::size_t at) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::int64_t>(bytes[at + i]);
    return value;
}

// Empty: the header is ours.
std::string_view look_at_header(std::span<const std::byte> bytes) {
    if (bytes.size() < header_bytes || std::memcmp(bytes.data(), magic.data(), magic.size()) != 0)
        return "not a database";
    if (big_endian(bytes, application_id_at) != application_id) return "a database of something else";
    const auto version = big_endian(bytes, user_version_at);
    if (version < schema_version)
        return "made by an older release: remove it, then `berth vulndb update` or import the feeds again";
    if (version > schema_version)
        return "made by a newer release: upgrade this one, or remove it and import the feeds again";
    return {};
}

std::string statements_of(Session& session) {
    std::string all;
    auto rows = session.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
    while (rows.step()) all += std::string(rows.bytes(0)) + ";";
    return all;
}

}  // namespace

Result<std::shared_ptr<const GenerationFile>> GenerationFile::open(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file))
        return unusable(file, "not there: fill it with `berth vulndb update` or `berth vulndb import`");
    auto mapped = MappedFile::open(file);
    if (!mapped) return fail(std::move(mapped));
    if (const auto wrong = look_at_header(mapped->bytes()); !wrong.empty()) return unusable(file, wrong);
    std::shared_ptr<GenerationFile> opened(new GenerationFile(*std::move(mapped)));
    try {
        opened->load();
    } catch (const SqliteError& error) {
        return unusable(file, error.reason());
    }
    return opened;
}

void GenerationFile::load() {
    auto in = session();
    auto meta = in.prepare("SELECT key, value FROM meta");
    while (meta.step()) {
        const auto key = meta.bytes(0);
        if (key == "generation") freshness_.generation = meta.bytes(1);
        if (key == "content") content_ = meta.bytes(1);
        if (key == "built_at") freshness_.built_at = meta.integer(1);
        if (key == "newest") freshness_.newest_record_at = meta.integer(1);
    }
    if (content_.empty()) content_ = freshness_.generation;
    auto rows = in.prepare(
        "SELECT id, name, kind, sha256, bytes, records, advice, enrichments, withdrawn, skipped, newest, first FROM "
        "feed "
        "ORDER BY id");
    while (rows.step()) {
        const auto number = [&rows](int column) { return static_cast<std::uint64_t>(rows.integer(column)); };
        StoredFeed stored{.id = rows.integer(0), .first = rows.integer(11)};
        stored.feed = {.name = std::string(rows.bytes(1)),
                       .kind = parse_feed_kind(rows.bytes(2)).value_or(FeedKind::osv),
                       .sha256 = std::string(rows.bytes(3)),
                       .bytes = number(4),
                       .counts = {.records = number(5),
                                  .advice = number(6),
                                  .enrichments = number(7),
                                  .withdrawn = number(8),
                                  .skipped = number(9)}};
        if (!rows.is_null(10)) stored.feed.newest_record_at = rows.integer(10);
        feeds_.push_back(std::move(stored));
    }
}

Result<void> GenerationFile::verify() const {
    try {
        auto in = session();
        // Tables by the same text cannot hide a view or a trigger.
        auto ours = Session::create(":memory:");
        ours.run(schema);
        if (statements_of(in) != statements_of(ours)) return fail(FaultKind::unavailable, "its tables are not ours");
        auto check = in.prepare("PRAGMA quick_check(1)");
        if (!check.step() || check.bytes(0) != "ok") return fail(FaultKind::unavailable, "it is damaged");
        return {};
    } catch (const SqliteError& error) {
        return fail(FaultKind::unavailable, error.reason());
    }
}

Result<void> GenerationFile::verify_content() const {
    try {
        auto in = session();
        if (content_.size() < generation_digits || !content_digest(in, feeds_).starts_with(content_))
            return fail(FaultKind::unavailable, "it is not what was exported, by its SHA-256");
        return {};
    } catch (const SqliteError& error) {
        return fail(FaultKind::unavailable, error.reason());
    }
}

}  // namespace berth::vulndb
