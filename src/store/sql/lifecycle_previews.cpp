#include "store/sql/enum_text.hpp"
#include "store/sql/lifecycle.hpp"

#include <algorithm>

namespace berth::store::sql {
namespace {

#define BERTH_PREVIEW_COLUMNS "id, repository, policy, status, expires_at, expiring, archiving"
#define BERTH_RESULT_COLUMNS "position, digest, tags, pushed_at, action, rule_priority, archived"

std::optional<LifecyclePreview> read_preview(const Rows& row) {
    if (!row) return std::nullopt;
    return LifecyclePreview{.id = row.get<std::int64_t>(0),
                            .repository = row.get<model::RepositoryId>(1),
                            .policy_text = row.get<std::string>(2),
                            .status = parse_preview_status(row.get<std::string_view>(3)),
                            .expires_at = row.get<std::optional<Timestamp>>(4),
                            .expiring = row.get<std::uint64_t>(5),
                            .archiving = row.get<std::uint64_t>(6)};
}

std::string join_lines(std::span<const model::Tag> tags) {
    std::string text;
    for (const auto& tag : tags) {
        if (!text.empty()) text += '\n';
        text += tag.text();
    }
    return text;
}

std::vector<model::Tag> split_lines(std::string_view text) {
    std::vector<model::Tag> tags;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        auto tag = model::Tag::parse(line);
        if (!tag) throw Error(FaultKind::unavailable, "a stored tag is malformed");
        tags.push_back(std::move(*tag));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return tags;
}

PreviewResult read_result(const Rows& row) {
    return {.position = row.get<std::int64_t>(0),
            .digest = row.get<model::Digest>(1),
            .tags = split_lines(row.get<std::string_view>(2)),
            .pushed_at = row.get<Timestamp>(3),
            .action = parse_lifecycle_action(row.get<std::string_view>(4)),
            .rule_priority = row.get<std::int32_t>(5),
            .archived = row.get<bool>(6)};
}

}  // namespace

std::optional<LifecyclePreview> Lifecycle::preview(model::RepositoryId repository) {
    return read_preview(db_.run("SELECT " BERTH_PREVIEW_COLUMNS
                                " FROM lifecycle_preview WHERE repository = $1 ORDER BY id DESC LIMIT 1",
                                repository));
}

std::optional<LifecyclePreview> Lifecycle::preview(std::int64_t id) {
    return read_preview(
        db_.run("SELECT " BERTH_PREVIEW_COLUMNS " FROM lifecycle_preview WHERE id = $1 AND replaced = 0", id));
}

void Lifecycle::insert_preview(const LifecyclePreview& preview, Timestamp now) {
    db_.change("UPDATE lifecycle_preview SET replaced = 1, due_at = $2 WHERE repository = $1 AND replaced = 0",
               preview.repository, now);
    db_.change("INSERT INTO lifecycle_preview (" BERTH_PREVIEW_COLUMNS
               ", replaced, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $5)",
               preview.id, preview.repository, preview.policy_text, to_text(preview.status), preview.expires_at,
               preview.expiring, preview.archiving);
}

void Lifecycle::update_preview(const LifecyclePreview& preview) {
    db_.change(
        "UPDATE lifecycle_preview SET status = $2, expires_at = $3, due_at = $3, expiring = $4, archiving = $5"
        " WHERE id = $1 AND replaced = 0",
        preview.id, to_text(preview.status), preview.expires_at, preview.expiring, preview.archiving);
}

void Lifecycle::insert_results(std::int64_t preview, std::span<const PreviewResult> results) {
    for (const auto& result : results) {
        db_.change("INSERT INTO lifecycle_preview_result (preview, tagged, " BERTH_RESULT_COLUMNS
                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   preview, !result.tags.empty(), result.position, result.digest, join_lines(result.tags),
                   result.pushed_at, to_text(result.action), result.rule_priority, result.archived);
    }
}

std::size_t Lifecycle::erase_results(std::int64_t preview, std::size_t limit) {
    return static_cast<std::size_t>(db_.change(
        "DELETE FROM lifecycle_preview_result WHERE preview = $1 AND (tagged, position) IN (SELECT tagged, position"
        " FROM lifecycle_preview_result WHERE preview = $1 ORDER BY tagged, position LIMIT $2)",
        preview, limit));
}

std::vector<PreviewResult> Lifecycle::results(std::int64_t preview, std::optional<bool> tagged, std::int64_t after,
                                              std::size_t limit) {
    std::vector<PreviewResult> found;
    for (const bool kind : {false, true}) {
        if (tagged && *tagged != kind) continue;
        for (auto row = db_.run("SELECT " BERTH_RESULT_COLUMNS
                                " FROM lifecycle_preview_result WHERE preview = $1 AND tagged = $2 AND position > $3"
                                " ORDER BY position LIMIT $4",
                                preview, kind, after, limit);
             row; row.next()) {
            found.push_back(read_result(row));
        }
    }
    std::ranges::sort(found, {}, &PreviewResult::position);
    if (found.size() > limit) found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
    return found;
}

std::optional<PreviewResult> Lifecycle::result(std::int64_t preview, const model::Digest& digest) {
    auto row =
        db_.run("SELECT " BERTH_RESULT_COLUMNS " FROM lifecycle_preview_result WHERE preview = $1 AND digest = $2",
                preview, digest);
    if (!row) return std::nullopt;
    return read_result(row);
}

// Its results first; as long as the row is due, a sweep that was interrupted goes on.
std::size_t Lifecycle::sweep_previews(Timestamp now, std::size_t limit) {
    std::int64_t id = 0;
    bool replaced = false;
    if (auto row =
            db_.run("SELECT id, replaced FROM lifecycle_preview WHERE due_at <= $1 ORDER BY due_at, id LIMIT 1", now)) {
        id = row.get<std::int64_t>(0);
        replaced = row.get<bool>(1);
    } else {
        return 0;
    }
    const auto gone = erase_results(id, limit);
    if (gone == limit) return gone;
    if (replaced) {
        db_.change("DELETE FROM lifecycle_preview WHERE id = $1", id);
    } else {
        db_.change("UPDATE lifecycle_preview SET status = $2, due_at = NULL WHERE id = $1", id,
                   to_text(PreviewStatus::expired));
    }
    return gone + 1;
}

std::int64_t purge_lifecycle(Connection& db, model::RepositoryId repository, Timestamp at) {
    return db.change("DELETE FROM lifecycle_policy WHERE repository = $1", repository) +
           db.change("DELETE FROM lifecycle_hold WHERE repository = $1", repository) +
           db.change("UPDATE lifecycle_preview SET replaced = 1, due_at = $2 WHERE repository = $1 AND replaced = 0",
                     repository, at);
}

}  // namespace berth::store::sql
