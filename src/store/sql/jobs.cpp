// due_at is the one time that counts: run_at while nobody holds the job, the end of the lease while somebody does.
// So a lease that ran out needs no clean-up, and the earliest due_at is when to look again.
#include "store/sql/jobs.hpp"

namespace berth::store::sql {

Inserted Jobs::enqueue(const Job& job) {
    const auto rows = db_.change(
        "INSERT INTO job (id, kind, key, payload, run_at, due_at, owner, attempts, last_error)"
        " VALUES ($1, $2, $3, $4, $5, $5, '', $6, $7) ON CONFLICT (kind, key) DO NOTHING",
        job.id, job.kind, job.key, job.payload, job.run_at, job.attempts, job.last_error);
    if (rows != 0) return Inserted::yes;
    // While it runs, due_at is the lease's end; another run_at than it was claimed for tells finish() to keep the row.
    db_.change(
        "UPDATE job SET run_at = CASE WHEN $3 > run_at THEN $3 ELSE run_at + 1 END, payload = $4"
        " WHERE kind = $1 AND key = $2 AND owner <> ''",
        job.kind, job.key, job.run_at, job.payload);
    return Inserted::no;
}

std::optional<Job> Jobs::claim(std::string_view owner, Timestamp now, Timestamp until) {
    auto row = db_.run(
        "UPDATE job SET owner = $1, due_at = $3 WHERE id ="
        " (SELECT id FROM job WHERE due_at <= $2 ORDER BY due_at, id LIMIT 1)"
        " RETURNING id, kind, key, payload, run_at, attempts, last_error",
        owner, now, until);
    if (!row) return std::nullopt;
    return Job{
        .id = row.get<std::int64_t>(0),
        .kind = row.get<std::string>(1),
        .key = row.get<std::string>(2),
        .payload = row.get<std::string>(3),
        .run_at = row.get<Timestamp>(4),
        .attempts = row.get<int>(5),
        .last_error = row.get<std::string>(6),
    };
}

bool Jobs::extend(std::int64_t id, std::string_view owner, Timestamp until) {
    return db_.change("UPDATE job SET due_at = $3 WHERE id = $1 AND owner = $2", id, owner, until) == 1;
}

bool Jobs::finish(std::int64_t id, std::string_view owner, Timestamp claimed_for) {
    if (db_.change("DELETE FROM job WHERE id = $1 AND owner = $2 AND run_at = $3", id, owner, claimed_for) == 1) {
        return true;
    }
    return db_.change(
               "UPDATE job SET owner = '', due_at = run_at, attempts = 0, last_error = '' WHERE id = $1 AND owner = $2",
               id, owner) == 1;
}

bool Jobs::retry(const Job& job, std::string_view owner) {
    return db_.change(
               "UPDATE job SET owner = '', run_at = $3, due_at = $3, attempts = $4, last_error = $5"
               " WHERE id = $1 AND owner = $2",
               job.id, owner, job.run_at, job.attempts, job.last_error) == 1;
}

std::optional<Timestamp> Jobs::next_due() {
    auto row = db_.run("SELECT due_at FROM job ORDER BY due_at LIMIT 1");
    if (!row) return std::nullopt;
    return row.get<Timestamp>(0);
}

}  // namespace berth::store::sql
