// The queue of scans. The smallest turn is next. A repository's turns grow by one, and its first one stands level with
// whoever is next: so repositories take turns, however many images each of them brings.
//
// A row that is held or waits to be tried again is not ready; it is, once due_at has passed. So a lease that ran out
// needs no clean-up.
#include "store/sql/scans.hpp"

#include <algorithm>

namespace berth::store::sql {

void Scans::enqueue(model::ImageRowId image, model::RepositoryId repository) {
    std::int64_t turn = 1;
    if (auto next = db_.run("SELECT turn FROM scan_queue WHERE ready = 1 AND turn > 0 ORDER BY turn, image LIMIT 1")) {
        turn = next.get<std::int64_t>(0);
    }
    const auto last =
        db_.run("SELECT coalesce(max(turn), 0) FROM scan_queue WHERE repository = $1", repository).get<std::int64_t>(0);
    db_.change(
        "INSERT INTO scan_queue (image, repository, turn, ready, due_at, owner, attempts)"
        " VALUES ($1, $2, $3, 1, 0, '', 0) ON CONFLICT (image) DO NOTHING",
        image, repository, std::max(turn, last + 1));
}

bool Scans::any_due(Timestamp now) {
    return static_cast<bool>(db_.run("SELECT 1 FROM scan_queue WHERE ready = 1 AND turn > 0 LIMIT 1")) ||
           static_cast<bool>(db_.run("SELECT 1 FROM scan_queue WHERE ready = 0 AND due_at <= $1 LIMIT 1", now));
}

std::optional<QueuedScan> Scans::claim(std::string_view owner, Timestamp now, Timestamp until) {
    db_.change("UPDATE scan_queue SET ready = 1, owner = '' WHERE ready = 0 AND due_at <= $1", now);
    auto row = db_.run(
        "UPDATE scan_queue SET ready = 0, owner = $1, due_at = $2 WHERE image ="
        " (SELECT image FROM scan_queue WHERE ready = 1 AND turn > 0 ORDER BY turn, image LIMIT 1)"
        " RETURNING image, attempts",
        owner, until);
    if (!row) return std::nullopt;
    return QueuedScan{.image = row.get<model::ImageRowId>(0), .attempts = row.get<int>(1)};
}

void Scans::extend(std::string_view owner, Timestamp until) {
    db_.change("UPDATE scan_queue SET due_at = $2 WHERE owner = $1 AND owner <> ''", owner, until);
}

bool Scans::finish(model::ImageRowId image, std::string_view owner) {
    return db_.change("DELETE FROM scan_queue WHERE image = $1 AND owner = $2", image, owner) == 1;
}

bool Scans::retry(const QueuedScan& scan, std::string_view owner, Timestamp at) {
    return db_.change("UPDATE scan_queue SET owner = '', due_at = $3, attempts = $4 WHERE image = $1 AND owner = $2",
                      scan.image, owner, at, scan.attempts) == 1;
}

}  // namespace berth::store::sql
