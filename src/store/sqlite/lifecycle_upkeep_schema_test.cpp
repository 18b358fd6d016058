// The step that moves evaluations to a table of their own, on rows that the version before it wrote.
#include "store/sql/migrations.hpp"
#include "store/sql/tables.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/contract.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/error.hpp"
#include "store/sqlite/scratch_folder.hpp"

namespace berth::store::sqlite {
namespace {

using namespace contract;

TEST(Schema7, PoliciesKeepTheirEvaluationsAndOldPreviewsGo) {
    const auto folder = ScratchFolder::create().value();
    SqliteConnection db(folder.path() / "old.db", Access::read_write, 1024);
    ASSERT_TRUE(sql::migrate(db, dialect, sql::migrations().first(6)));
    db.change(
        "INSERT INTO lifecycle_policy (repository, policy, version, last_evaluated_at, failures)"
        " VALUES (1, 'p', 7, 50, 'f')");
    db.change(
        "INSERT INTO lifecycle_preview (id, repository, policy, status, expires_at, expiring, archiving, replaced,"
        " due_at) VALUES (3, 1, 'p', 'COMPLETE', 99, 1, 0, 0, 99)");

    ASSERT_TRUE(sql::migrate(db, dialect, sql::migrations()));
    sql::Tables tx(db);
    const auto policy = tx.lifecycle().policy(model::RepositoryId{1}).value();
    EXPECT_EQ(policy.text, "p");
    EXPECT_EQ(policy.evaluation.last_evaluated_at, at(50));
    EXPECT_EQ(policy.evaluation.failures, "f");
    EXPECT_FALSE(tx.lifecycle().preview(model::RepositoryId{1}));
}

}  // namespace
}  // namespace berth::store::sqlite
