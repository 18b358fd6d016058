#include "store/sql/enum_text.hpp"
#include "store/sql/lifecycle.hpp"
#include "store/sql/preview_blocks.hpp"

#include <algorithm>

namespace berth::store::sql {
namespace {

#define BERTH_PREVIEW_COLUMNS "id, repository, policy, status, expires_at, expiring, archiving"

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
    for (const bool tagged : {false, true}) {
        std::string block;
        std::size_t count = 0;
        std::int64_t last = 0;
        const auto write = [&] {
            if (count == 0) return;
            db_.change("INSERT INTO lifecycle_preview_block (preview, tagged, last, results) VALUES ($1, $2, $3, $4)",
                       preview, tagged, last, block);
            block.clear();
            count = 0;
        };
        for (const auto& result : results) {
            if (result.tags.empty() == tagged) continue;
            append_result(block, result);
            last = result.position;
            if (++count == results_in_block) write();
        }
        write();
    }
}

void Lifecycle::insert_places(std::int64_t preview, std::span<const PreviewPlace> places) {
    std::string block;
    for (std::size_t begin = 0; begin < places.size(); begin += places_in_block) {
        const auto part = places.subspan(begin, std::min(places_in_block, places.size() - begin));
        block.clear();
        for (const auto& place : part) append_place(block, place);
        db_.change("INSERT INTO lifecycle_preview_place (preview, last, places) VALUES ($1, $2, $3)", preview,
                   part.back().digest, block);
    }
}

std::size_t Lifecycle::erase_results(std::int64_t preview, std::size_t limit) {
    auto gone = static_cast<std::size_t>(
        db_.change("DELETE FROM lifecycle_preview_block WHERE preview = $1 AND (tagged, last) IN (SELECT tagged, last"
                   " FROM lifecycle_preview_block WHERE preview = $1 ORDER BY tagged, last LIMIT $2)",
                   preview, limit));
    if (gone == limit) return gone;
    gone += static_cast<std::size_t>(
        db_.change("DELETE FROM lifecycle_preview_place WHERE preview = $1 AND last IN (SELECT last"
                   " FROM lifecycle_preview_place WHERE preview = $1 ORDER BY last LIMIT $2)",
                   preview, limit - gone));
    return gone;
}

std::vector<PreviewResult> Lifecycle::results(std::int64_t preview, std::optional<bool> tagged, std::int64_t after,
                                              std::size_t limit) {
    std::vector<PreviewResult> found;
    for (const bool kind : {false, true}) {
        if (tagged && *tagged != kind) continue;
        const auto end = found.size() + limit;
        for (auto row = db_.run("SELECT results FROM lifecycle_preview_block WHERE preview = $1 AND tagged = $2"
                                " AND last > $3 ORDER BY last",
                                preview, kind, after);
             row && found.size() < end; row.next()) {
            read_results(row.get<std::string_view>(0), after, end - found.size(), found);
        }
    }
    std::ranges::sort(found, {}, &PreviewResult::position);
    if (found.size() > limit) found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
    return found;
}

std::optional<PreviewResult> Lifecycle::result(std::int64_t preview, const model::Digest& digest) {
    bool tagged = false;
    std::int64_t position = 0;
    {
        auto row = db_.run(
            "SELECT places FROM lifecycle_preview_place WHERE preview = $1 AND last >= $2"
            " ORDER BY last LIMIT 1",
            preview, digest);
        const auto place = row ? find_place(row.get<std::string_view>(0), digest.text()) : std::nullopt;
        if (!place) return std::nullopt;
        tagged = place->tagged;
        position = place->position;
    }
    auto found = results(preview, tagged, position - 1, 1);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
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
           db.change("DELETE FROM lifecycle_evaluation WHERE repository = $1", repository) +
           db.change("DELETE FROM lifecycle_hold WHERE repository = $1", repository) +
           db.change("DELETE FROM lead WHERE repository = $1", repository) +
           db.change("UPDATE lifecycle_preview SET replaced = 1, due_at = $2 WHERE repository = $1 AND replaced = 0",
                     repository, at);
}

}  // namespace berth::store::sql
