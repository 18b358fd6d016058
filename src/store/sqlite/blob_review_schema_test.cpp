// The step that brings reviews, on rows that the version before it wrote.
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

constexpr std::int64_t day = 86'400'000;

TEST(Schema2, OldBlobsGetTheirReviewAndLooseOnesGo) {
    const auto folder = ScratchFolder::create().value();
    SqliteConnection db(folder.path() / "old.db", Access::read_write, 1024);
    ASSERT_TRUE(sql::migrate(db, dialect, sql::migrations().first(1)));
    const auto add = [&](std::string_view content, const std::string& key) {
        db.change("INSERT INTO blob (digest, size, key, created_at) VALUES ($1, 5, $2, 7)", digest(content), key);
    };
    const auto link = [&](std::string_view content, std::int64_t linked_at) {
        db.change("INSERT INTO repository_blob (repository, digest, linked_at) VALUES (1, $1, $2)", digest(content),
                  linked_at);
    };
    add("needed", "k1");
    add("unneeded", "k2");
    add("loose", "k3");
    add("loose inline", "");
    link("needed", 10);
    link("unneeded", 20);
    db.change("INSERT INTO blob_bytes (digest, bytes) VALUES ($1, 'x')", digest("loose inline"));
    db.change("INSERT INTO image_blob (repository, digest, image) VALUES (1, $1, 1)", digest("needed"));
    db.change("INSERT INTO blob_review (digest) VALUES ($1)", digest("loose"));

    ASSERT_TRUE(sql::migrate(db, dialect, sql::migrations()));
    sql::Tables tx(db);
    const model::RepositoryId here{1};
    EXPECT_EQ(tx.blobs().find(here, digest("needed")).value().review_at, std::nullopt);
    EXPECT_EQ(tx.blobs().find(here, digest("unneeded")).value().review_at, at(20 + day));
    EXPECT_FALSE(tx.blobs().find(digest("loose")));
    EXPECT_FALSE(tx.blobs().find(digest("loose inline")));
    EXPECT_FALSE(tx.blobs().inline_bytes(digest("loose inline")));
    EXPECT_EQ(tx.blobs().discarded_keys(10), std::vector<std::string>{"k3"});
}

}  // namespace
}  // namespace berth::store::sqlite
