// The step that lets referrers follow into the archive too, on rows that the version before it wrote.
#include "store/sql/migrations.hpp"
#include "store/sql/tables.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/contract.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/scratch_folder.hpp"

namespace berth::store::sqlite {
namespace {

using namespace contract;

TEST(Schema10, SubjectsThatWentAreStillToBeFollowed) {
    const auto folder = ScratchFolder::create().value();
    SqliteConnection db(folder.path() / "old.db", Access::read_write, 1024);
    ASSERT_TRUE(sql::migrate(db, dialect, sql::migrations().first(9)));
    db.change("INSERT INTO gone_subject (repository, digest, deleted_at, principal_arn) VALUES (1, $1, 50, 'arn:p')",
              digest("s"));

    ASSERT_TRUE(sql::migrate(db, dialect, sql::migrations()));
    sql::Tables tx(db);
    const auto lead = tx.lifecycle().lead(model::RepositoryId{1}).value();
    EXPECT_EQ(lead.subject, digest("s"));
    EXPECT_EQ(lead.way, Way::out);
    EXPECT_EQ(lead.at, at(50));
    EXPECT_EQ(lead.cause, model::by_principal("arn:p"));
}

}  // namespace
}  // namespace berth::store::sqlite
