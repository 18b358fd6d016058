#include "store/sql/scans.hpp"

#include "store/sql/enum_text.hpp"
#include "store/sql/lists.hpp"

namespace berth::store::sql {
namespace {

#define BERTH_SCAN_COLUMNS                                                                                     \
    "image, repository, scan_type, state, continuous, retryable, reason, requested_at, completed_at,"          \
    " source_updated_at, generation, revision, undefined_count, informational_count, low_count, medium_count," \
    " high_count, critical_count"

ImageScan read_scan(const Rows& row) {
    ImageScan scan{.image = row.get<model::ImageRowId>(0),
                   .repository = row.get<model::RepositoryId>(1),
                   .type = parse_scan_type(row.get<std::string_view>(2)),
                   .state = parse_scan_state(row.get<std::string_view>(3)),
                   .continuous = row.get<bool>(4),
                   .retryable = row.get<bool>(5),
                   .reason = row.get<std::string>(6),
                   .requested_at = row.get<Timestamp>(7),
                   .completed_at = row.get<std::optional<Timestamp>>(8),
                   .source_updated_at = row.get<std::optional<Timestamp>>(9),
                   .generation = row.get<std::string>(10),
                   .counts = {},
                   .revision = row.get<std::int64_t>(11)};
    for (std::size_t i = 0; i < scan.counts.size(); ++i) {
        scan.counts[i] = row.get<std::uint64_t>(12 + static_cast<int>(i));
    }
    return scan;
}

std::string to_lines(const std::vector<ScanRule>& rules) {
    std::vector<std::string> lines;
    for (const auto& rule : rules) {
        lines.emplace_back(to_text(rule.frequency));
        for (const auto& filter : rule.filters) lines.back() += " " + filter;
    }
    return join(lines, '\n');
}

std::vector<ScanRule> parse_rules(std::string_view lines) {
    std::vector<ScanRule> rules;
    for (const auto& line : split(lines, '\n')) {
        auto words = split(line, ' ');
        const auto frequency = parse_scan_frequency(words.front());
        words.erase(words.begin());
        rules.push_back({.frequency = frequency, .filters = std::move(words)});
    }
    return rules;
}

}  // namespace

std::optional<ScanningConfiguration> Scans::configuration(const model::Registry& registry) {
    auto row =
        db_.run("SELECT scan_type, rules, tag_patterns FROM scanning_configuration WHERE account = $1 AND region = $2",
                registry.account, registry.region);
    if (!row) return std::nullopt;
    return ScanningConfiguration{.type = parse_scan_type(row.get<std::string_view>(0)),
                                 .rules = parse_rules(row.get<std::string_view>(1)),
                                 .tag_patterns = split(row.get<std::string_view>(2), '\n')};
}

void Scans::put_configuration(const model::Registry& registry, const ScanningConfiguration& configuration) {
    db_.change(
        "INSERT INTO scanning_configuration (account, region, scan_type, rules, tag_patterns)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account, region) DO UPDATE SET scan_type = excluded.scan_type,"
        " rules = excluded.rules, tag_patterns = excluded.tag_patterns",
        registry.account, registry.region, to_text(configuration.type), to_lines(configuration.rules),
        join(configuration.tag_patterns, '\n'));
}

std::optional<ImageScan> Scans::find(model::ImageRowId image) {
    auto row = db_.run("SELECT " BERTH_SCAN_COLUMNS " FROM image_scan WHERE image = $1", image);
    if (!row) return std::nullopt;
    return read_scan(row);
}

void Scans::put(const ImageScan& scan) {
    const auto& counts = scan.counts;
    db_.change("INSERT INTO image_scan (" BERTH_SCAN_COLUMNS
               ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
               " ON CONFLICT (image) DO UPDATE SET scan_type = excluded.scan_type, state = excluded.state,"
               " continuous = excluded.continuous, retryable = excluded.retryable, reason = excluded.reason,"
               " requested_at = excluded.requested_at, completed_at = excluded.completed_at,"
               " source_updated_at = excluded.source_updated_at, generation = excluded.generation,"
               " revision = excluded.revision, undefined_count = excluded.undefined_count,"
               " informational_count = excluded.informational_count, low_count = excluded.low_count,"
               " medium_count = excluded.medium_count, high_count = excluded.high_count,"
               " critical_count = excluded.critical_count",
               scan.image, scan.repository, to_text(scan.type), to_text(scan.state), scan.continuous, scan.retryable,
               scan.reason, scan.requested_at, scan.completed_at, scan.source_updated_at, scan.generation,
               scan.revision, counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
}

std::string Scans::findings(model::ImageRowId image) {
    auto row = db_.run("SELECT bytes FROM image_findings WHERE image = $1", image);
    return row ? row.get<std::string>(0) : std::string();
}

void Scans::put_findings(model::ImageRowId image, std::string_view bytes) {
    db_.change(
        "INSERT INTO image_findings (image, bytes) VALUES ($1, $2)"
        " ON CONFLICT (image) DO UPDATE SET bytes = excluded.bytes",
        image, Bytes{bytes});
}

void Scans::erase(model::ImageRowId image) {
    db_.change("DELETE FROM scan_queue WHERE image = $1", image);
    db_.change("DELETE FROM image_findings WHERE image = $1", image);
    db_.change("DELETE FROM image_scan WHERE image = $1", image);
}

std::vector<ImageScan> Scans::retryable(model::ImageRowId after, std::size_t limit) {
    std::vector<ImageScan> found;
    for (auto row = db_.run("SELECT " BERTH_SCAN_COLUMNS
                            " FROM image_scan WHERE retryable = 1 AND image > $1 ORDER BY image LIMIT $2",
                            after, limit);
         row; row.next()) {
        found.push_back(read_scan(row));
    }
    return found;
}

// "Another" is smaller or larger: two seeks, each past what is up to date.
std::vector<ImageScan> Scans::behind(std::string_view generation, std::size_t limit) {
    std::vector<ImageScan> found;
    for (auto row = db_.run("SELECT " BERTH_SCAN_COLUMNS
                            " FROM image_scan WHERE continuous = 1 AND state = 'COMPLETE' AND generation < $1"
                            " UNION ALL SELECT " BERTH_SCAN_COLUMNS
                            " FROM image_scan WHERE continuous = 1 AND state = 'COMPLETE' AND generation > $1 LIMIT $2",
                            generation, limit);
         row; row.next()) {
        found.push_back(read_scan(row));
    }
    return found;
}

void Scans::put_suppression(const model::Registry& registry, const SuppressionRule& rule) {
    db_.change(
        "INSERT INTO scan_suppression (account, region, name, vulnerability, package, repository, tags, reason,"
        " until, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (account, region, name) DO UPDATE SET vulnerability = excluded.vulnerability,"
        " package = excluded.package, repository = excluded.repository, tags = excluded.tags,"
        " reason = excluded.reason, until = excluded.until, created_at = excluded.created_at",
        registry.account, registry.region, rule.name, rule.vulnerability, rule.package, rule.repository,
        join(rule.tags, '\n'), rule.reason, rule.until, rule.created_at);
}

std::vector<SuppressionRule> Scans::suppressions(const model::Registry& registry) {
    std::vector<SuppressionRule> found;
    for (auto row = db_.run("SELECT name, vulnerability, package, repository, tags, reason, until, created_at"
                            " FROM scan_suppression WHERE account = $1 AND region = $2 ORDER BY name",
                            registry.account, registry.region);
         row; row.next()) {
        found.push_back({.name = row.get<std::string>(0),
                         .vulnerability = row.get<std::string>(1),
                         .package = row.get<std::string>(2),
                         .repository = row.get<std::string>(3),
                         .tags = split(row.get<std::string_view>(4), '\n'),
                         .reason = row.get<std::string>(5),
                         .until = row.get<std::optional<Timestamp>>(6),
                         .created_at = row.get<Timestamp>(7)});
    }
    return found;
}

bool Scans::erase_suppression(const model::Registry& registry, std::string_view name) {
    return db_.change("DELETE FROM scan_suppression WHERE account = $1 AND region = $2 AND name = $3", registry.account,
                      registry.region, name) == 1;
}

}  // namespace berth::store::sql
