#include "store/sql/migrations.hpp"

#include <stdexcept>
#include <string>

namespace berth::store::sql {
namespace {

int present_version(Connection& db) {
    return db.run("SELECT coalesce(max(version), 0) FROM schema_version").get<int>(0);
}

}  // namespace

Result<void> migrate(Connection& db, const Dialect& dialect, std::span<const Migration> steps) {
    db.run_script("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)");
    const int present = present_version(db);
    const int known = steps.empty() ? 0 : steps.back().version;
    if (present > known) {
        return fail(FaultKind::unavailable, "the database has schema version " + std::to_string(present) +
                                                ", this program knows versions up to " + std::to_string(known) +
                                                "; start the newer program it was written by");
    }
    int expected = 0;
    for (const auto& step : steps) {
        if (step.version != ++expected) throw std::logic_error("schema versions must be numbered without a gap");
        if (step.version <= present) continue;
        db.run_script(in_dialect(step.text, dialect));
        db.change("INSERT INTO schema_version (version) VALUES ($1)", step.version);
    }
    return {};
}

}  // namespace berth::store::sql
