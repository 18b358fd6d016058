// The step that keeps findings with inventories, on rows that the version before it wrote.
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

TEST(Schema9, ImagesThatFollowedAreScannedAnew) {
    const auto folder = ScratchFolder::create().value();
    SqliteConnection db(folder.path() / "old.db", Access::read_write, 1024);
    ASSERT_TRUE(sql::migrate(db, dialect, sql::migrations().first(8)));
    sql::Tables tx(db);
    for (std::int64_t image = 1; image <= 3; ++image) {
        tx.scans().put({.image = model::ImageRowId{image},
                        .repository = model::RepositoryId{1},
                        .type = ScanType::enhanced,
                        .state = image < 3 ? ScanState::complete : ScanState::failed,
                        .continuous = true,
                        .requested_at = at(1)});
        tx.scans().put_findings(model::ImageRowId{image}, "findings");
        db.change("INSERT INTO followed_image (image, inventory) VALUES ($1, 7)", image);
    }
    db.change("INSERT INTO inventory (id, hash) VALUES (7, 'h')");
    db.change("INSERT INTO inventory_bytes (inventory, bytes) VALUES (7, $1)", sql::Bytes{"b"});

    ASSERT_TRUE(sql::migrate(db, dialect, sql::migrations()));
    EXPECT_EQ(tx.scans().claim("me", at(5), at(6)).value().image, model::ImageRowId{1});
    EXPECT_EQ(tx.scans().claim("me", at(5), at(6)).value().image, model::ImageRowId{2});
    EXPECT_FALSE(tx.scans().claim("me", at(5), at(6)));
    EXPECT_EQ(tx.scans().findings(model::ImageRowId{1}), "findings");  // shown until then
    EXPECT_TRUE(tx.inventories().followed(model::ImageRowId{1}).empty());
    EXPECT_EQ(tx.inventories().remove_unfollowed(10), 1U);
    EXPECT_TRUE(tx.inventories().inventories({}, 1).empty());
}

}  // namespace
}  // namespace berth::store::sqlite
