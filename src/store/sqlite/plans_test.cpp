// Every statement the tables run must find its rows by an index, in the index's order: no table is read from end to
// end, nothing is sorted. The statements are those really prepared, so a new one cannot be forgotten here.
#include "store/sql/migrations.hpp"
#include "store/sql/tables.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/contract.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/error.hpp"
#include "store/sqlite/scratch_folder.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace berth::store::sqlite {
namespace {

using namespace contract;

class Plans : public ::testing::Test {
protected:
    Plans() {
        if (!sql::migrate(db_, dialect, sql::migrations())) throw std::logic_error("the schema cannot be made");
        run_everything();
    }

    // Each function of each table, on rows that make it run all of its statements.
    void run_everything() {
        sql::Tables tx(db_);
        const model::RepositoryId here{1};
        auto& repositories = tx.repositories();
        (void)repositories.insert(repository(1, "app"));
        (void)repositories.find(registry(), name("app"));
        (void)repositories.find(here);
        (void)repositories.page(registry(), "", 1);
        (void)repositories.find(here);
        repositories.set_tag_mutability(here, {});
        repositories.put_resource_tag(here, {.key = "k", .value = "v"});
        (void)repositories.resource_tags(here);
        repositories.erase_resource_tag(here, "none");

        auto& images = tx.images();
        auto added = image(1, 1, "m");
        added.blobs = {{.media_type = "", .digest = digest("b"), .size = 1}};
        added.children = {digest("c")};
        images.insert(added);
        images.insert(image(2, 1, "n"));
        images.put_tag(here, tag("a"), model::ImageRowId{1}, at(1));
        images.put_tag(here, tag("a"), model::ImageRowId{2}, at(1));
        images.erase_tag(here, tag("a"));
        images.put_tag(here, tag("b"), model::ImageRowId{1}, at(1));
        images.set_last_pulled(model::ImageRowId{1}, at(1));
        (void)images.find(here, digest("m"));
        (void)images.find(here, tag("b"));
        (void)images.find(model::ImageRowId{1});
        (void)images.is_anywhere(digest("m"));
        (void)images.blobs(model::ImageRowId{1});
        images.set_status(model::ImageRowId{1}, model::ImageStatus::archived, at(1));
        images.set_status(model::ImageRowId{1}, model::ImageStatus::active, at(1));
        images.survey(here, [](const SurveyedImage&) {});
        images.survey_children(here, [](model::ImageRowId, std::string_view) {});
        (void)tx.blobs().archived(here, digest("b"));
        (void)images.manifest(model::ImageRowId{1});
        (void)images.any(here);
        (void)images.find(model::ImageRowId{1});
        (void)images.find_manifest(model::ImageRowId{1});
        (void)images.page(model::ImageRowId{0}, 1);
        (void)images.count_tags(model::ImageRowId{1});
        (void)images.tag_page(here, "", 1);
        (void)images.parents(here, digest("c"));
        (void)images.referrers(here, digest("s"), "", "", 1);
        (void)images.followers(here, digest("s"), "", 1);
        for (const auto status : {TagStatusFilter::any, TagStatusFilter::tagged, TagStatusFilter::untagged}) {
            (void)images.page(here, {.tag_status = status, .status = std::nullopt}, "", 5);
            (void)images.entry_page(here, {.tag_status = status, .status = model::ImageStatus::active},
                                    {.digest = digest("m").text(), .tag = "a"}, 5);
        }

        auto& blobs = tx.blobs();
        auto bytes = std::make_shared<const std::string>("x");
        (void)blobs.insert({.digest = digest("x"), .size = 1, .location = {.key = "", .inline_bytes = bytes}}, at(1));
        (void)blobs.find(digest("x"));
        (void)blobs.find(here, digest("x"));
        (void)blobs.inline_bytes(digest("x"));
        blobs.link(here, digest("x"), at(1), at(2));
        (void)blobs.postpone_review(here, digest("x"), at(3));
        (void)blobs.due_reviews(at(3), 10);
        blobs.review({.repository = here, .digest = digest("x")}, at(3));
        blobs.link(here, digest("b"), at(1), at(2));
        blobs.review({.repository = here, .digest = digest("b")}, at(3));
        (void)blobs.insert({.digest = digest("y"), .size = 1, .location = {.key = "", .inline_bytes = bytes}}, at(1));
        blobs.link(here, digest("y"), at(1), at(2));
        blobs.unlink(here, digest("y"), at(3));
        (void)blobs.referenced(here, digest("x"));
        (void)blobs.holders(registry(), digest("x"), 1);
        blobs.discard_key("k", at(1));
        (void)blobs.discarded_keys(1);
        (void)blobs.is_discarded("k");
        (void)blobs.page("", 1);
        (void)blobs.needs({}, 1);
        (void)blobs.bin_needs({}, 1);
        blobs.forget(digest("none"));
        blobs.forget_discarded_key("k");

        auto& inventories = tx.inventories();
        const PackageLookup lookup{.ecosystem = "Debian", .release = "12", .package = "zlib"};
        inventories.put_layer(digest("x"), 1, "b");
        (void)inventories.layer(digest("x"), 1);
        inventories.set_target_generation("g");
        const std::vector<FollowedInventory> followed{{.hash = "h",
                                                       .bytes = "b",
                                                       .sets = {{.hash = "s", .lookups = {lookup}}},
                                                       .generation = "f",
                                                       .findings = {.brief = "b", .bytes = "f"}}};
        inventories.follow(model::ImageRowId{1}, followed, at(1), std::vector<std::int64_t>{1, 2});
        (void)inventories.followed(model::ImageRowId{1});
        (void)inventories.find("h");
        (void)inventories.findings(InventoryId{1});
        (void)inventories.rematches({}, 1);
        inventories.update_rematch({.inventory = InventoryId{1}, .matched = true});
        (void)inventories.inventories_with(lookup);
        (void)inventories.inventories(InventoryId{0}, 1);
        (void)inventories.inventory(InventoryId{1});
        (void)inventories.images_with(InventoryId{1}, model::ImageRowId{0}, 1);
        inventories.unfollow(model::ImageRowId{1});
        (void)inventories.remove_unfollowed(1);
        inventories.set_followed_generation("g");
        (void)inventories.followed_generation();

        auto& lifecycle = tx.lifecycle();
        lifecycle.put_policy({.repository = here, .text = "p", .version = 1});
        (void)lifecycle.policy(here);
        (void)lifecycle.has_policy(here);
        lifecycle.note_evaluation({.repository = here, .text = "", .version = 1});
        lifecycle.note_lead(here, {.subject = digest("m"), .way = Way::out, .at = at(1), .cause = {}});
        (void)lifecycle.lead(here);
        (void)lifecycle.leads_by_rules(here);
        lifecycle.forget_lead(here, digest("m"));
        (void)lifecycle.repositories_with_policy(model::RepositoryId{0}, 1);
        lifecycle.hold(here, model::ImageRowId{1}, at(5));
        (void)lifecycle.held(here, at(1));
        lifecycle.put_default(registry(), {.pattern = "*", .text = "p", .version = 1});
        (void)lifecycle.defaults(registry());
        (void)lifecycle.registries_with_defaults();
        lifecycle.insert_preview({.id = 1, .repository = here, .policy_text = "p"}, at(1));
        const PreviewResult result{.position = 1, .digest = digest("m"), .tags = {}, .pushed_at = at(1)};
        lifecycle.insert_results(1, {&result, 1});
        const std::string place = digest("m").text();
        const PreviewPlace there{.digest = place, .tagged = false, .position = 1};
        lifecycle.insert_places(1, {&there, 1});
        (void)lifecycle.preview(here);
        (void)lifecycle.preview(std::int64_t{1});
        (void)lifecycle.results(1, std::nullopt, -1, 1);
        (void)lifecycle.result(1, digest("m"));
        lifecycle.update_preview({.id = 1, .repository = here, .policy_text = "", .expires_at = at(1)});
        (void)lifecycle.sweep_previews(at(1), 10);
        lifecycle.insert_preview({.id = 2, .repository = here, .policy_text = "p"}, at(1));
        lifecycle.insert_preview({.id = 3, .repository = here, .policy_text = "p"}, at(1));
        (void)lifecycle.sweep_previews(at(1), 10);
        lifecycle.erase_policy(here);
        lifecycle.erase_default(registry(), "*");

        auto& scans = tx.scans();
        const model::ImageRowId scanned{1};
        (void)scans.configuration(registry());
        scans.put_configuration(registry(), {});
        scans.put({.image = scanned, .repository = here, .requested_at = at(1)});
        (void)scans.find(scanned);
        scans.put_findings(scanned, "f");
        (void)scans.findings(scanned);
        (void)scans.retryable(model::ImageRowId{0}, 1);
        (void)scans.behind("g", 1);
        scans.enqueue(scanned, here);
        (void)scans.any_due(at(0));
        (void)scans.claim("me", at(1), at(2));
        (void)scans.any_due(at(0));
        scans.extend("me", at(3));
        scans.retry({.image = scanned, .attempts = 1}, "me", at(1));
        scans.finish(scanned, "me");
        scans.erase(scanned);
        scans.put_suppression(registry(), {.name = "n",
                                           .vulnerability = "",
                                           .package = "",
                                           .repository = "",
                                           .tags = {},
                                           .reason = "",
                                           .created_at = at(1)});
        (void)scans.suppressions(registry());
        scans.erase_suppression(registry(), "n");
        repositories.set_scan_on_push(here, true);
        (void)images.children(model::ImageRowId{1});

        Upload upload;
        upload.id = model::UploadId::parse("00000000-0000-4000-8000-000000000001").value();
        upload.repository = here;
        tx.uploads().insert(upload);
        tx.uploads().update(upload);
        tx.uploads().put_bytes(upload.id, "bytes");
        tx.uploads().put_bytes(upload.id, "");
        (void)tx.uploads().bytes(upload.id);
        (void)tx.uploads().find(upload.id);
        (void)tx.uploads().expired(at(1), 1);
        (void)tx.uploads().count(here);

        tx.outbox().append({.id = 1,
                            .registry = registry(),
                            .kind = "",
                            .repository = "",
                            .digest = "",
                            .tag = "",
                            .media_type = "",
                            .at = at(1)});
        (void)tx.outbox().page(0, 1);
        tx.outbox().set_reached("r", 1);
        (void)tx.outbox().reached("r");
        (void)tx.outbox().trim(at(0), 1);

        const Job job{.id = 1, .kind = "k", .key = "k", .payload = "", .run_at = at(1), .last_error = ""};
        (void)tx.jobs().enqueue(job);
        (void)tx.jobs().claim("me", at(1), at(2));
        tx.jobs().extend(1, "me", at(3));
        tx.jobs().retry(job, "me");
        tx.jobs().finish(1, "me", at(1));
        (void)tx.jobs().next_due();

        (void)tx.credentials().find("AKIA");
        tx.credentials().put({.id = "AKIA",
                              .principal_arn = "",
                              .account = registry().account,
                              .user_id = "",
                              .sealed_secret = "",
                              .created_at = at(1)});
        (void)tx.credentials().put_setting_if_absent("n", "v");

        auto& bin = tx.bin();
        const std::vector<model::Tag> lost{tag("lost")};
        bin.put(model::ImageRowId{1}, lost, {}, at(1));
        (void)bin.find(here, digest("m"));
        (void)bin.find(here, tag("b"));
        (void)bin.manifest(model::ImageRowId{1});
        (void)bin.page(here, {}, 1);
        (void)bin.page(registry(), {}, 1);
        (void)bin.due(at(2), 1);
        (void)bin.find(model::ImageRowId{1});
        (void)bin.find_manifest(model::ImageRowId{1});
        (void)bin.followers(here, digest("s"), at(1), 1);
        (void)bin.page(model::ImageRowId{0}, 1);
        (void)bin.erase(model::ImageRowId{1}, at(9), at(2));

        (void)images.erase(model::ImageRowId{2}, at(9));
        repositories.mark_deleted(here, at(1));
        (void)repositories.purge(1000);
        tx.uploads().erase(upload.id);
    }

    std::vector<std::string> plan(std::string_view text) {
        sqlite3* raw = nullptr;
        EXPECT_EQ(sqlite3_open(file_.c_str(), &raw), SQLITE_OK);
        sqlite3_stmt* statement = nullptr;
        const std::string explained = "EXPLAIN QUERY PLAN " + std::string(text);
        EXPECT_EQ(sqlite3_prepare_v2(raw, explained.c_str(), -1, &statement, nullptr), SQLITE_OK) << text;
        std::vector<std::string> steps;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            steps.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3)));
        }
        sqlite3_finalize(statement);
        sqlite3_close(raw);
        return steps;
    }

    ScratchFolder folder_ = ScratchFolder::create().value();
    std::filesystem::path file_ = folder_.path() / "plans.db";
    SqliteConnection db_{file_, Access::read_write, 1024};
};

// A step that reads a whole index or table, or sorts, is only right where the statement takes the first few rows of
// an index, sorts the tags of one image, or asks every repository where nobody waits for it.
bool allowed(std::string_view statement, std::string_view step) {
    static const std::map<std::string_view, std::string_view> exceptions{
        {"SELECT id, deleted_at FROM repository", "SCAN repository USING COVERING INDEX repository_deleted"},
        {"SELECT key FROM discarded_key ORDER BY key LIMIT", "SCAN discarded_key"},
        {"SELECT inventory FROM inventory_review ORDER BY inventory LIMIT", "SCAN inventory_review"},
        {"SELECT due_at FROM job ORDER BY due_at LIMIT 1", "SCAN job USING COVERING INDEX job_due"},
        {"SELECT t.name FROM image i JOIN tag t", "USE TEMP B-TREE FOR ORDER BY"},
        {"SELECT DISTINCT account, region FROM lifecycle_default", "SCAN lifecycle_default"},
        {"SELECT 1 FROM repository r WHERE r.deleted_at IS NULL AND", "SCAN r USING INDEX repository_name"},
    };
    return std::ranges::any_of(exceptions, [&](const auto& exception) {
        return statement.starts_with(exception.first) && step == exception.second;
    });
}

TEST_F(Plans, EveryStatementFollowsAnIndex) {
    const auto texts = db_.prepared_texts();
    EXPECT_GT(texts.size(), 60U);
    for (const auto text : texts) {
        for (const auto& step : plan(text)) {
            const bool whole = step.starts_with("SCAN") && step != "SCAN CONSTANT ROW";
            const bool sorts =
                step.find("TEMP B-TREE") != std::string::npos || step.find("AUTOMATIC") != std::string::npos;
            if (whole || sorts) {
                EXPECT_TRUE(allowed(text, step)) << step << "\n    in " << text;
            }
        }
    }
}

// Which index, for the lists that get long.
TEST_F(Plans, ListsUseTheirOwnIndex) {
    const auto texts = db_.prepared_texts();
    const auto plan_of = [&](std::string_view part) {
        const auto found = std::ranges::find_if(texts, [&](auto text) { return text.find(part) != text.npos; });
        EXPECT_NE(found, texts.end()) << part;
        std::string all;
        for (const auto& step : plan(*found)) all += step + "\n";
        return all;
    };
    const auto expect = [&](std::string_view part, std::string_view index) {
        EXPECT_NE(plan_of(part).find(index), std::string::npos) << plan_of(part);
    };
    expect("SELECT digest FROM image WHERE repository = $1 AND digest > $2",
           "COVERING INDEX image_digest (repository=? AND digest>?)");
    expect("SELECT digest FROM image WHERE repository = $1 AND status = $2 AND tagged = $3",
           "COVERING INDEX image_list (repository=? AND status=? AND tagged=? AND digest>?)");
    expect("SELECT name FROM tag WHERE repository = $1 AND digest = $2 AND name > $3",
           "COVERING INDEX tag_digest (repository=? AND digest=? AND name>?)");
    expect("SELECT t.name FROM image i JOIN tag t", "COVERING INDEX tag_digest (repository=? AND digest=?)");
    expect("SELECT count(*) FROM image i JOIN tag t", "COVERING INDEX tag_digest (repository=? AND digest=?)");
    expect("SELECT 1 FROM tag t WHERE t.repository = $1", "COVERING INDEX tag_digest (repository=? AND digest=?)");
    expect("DELETE FROM tag WHERE repository = $1 AND digest = $2", "tag_digest (repository=? AND digest=?)");
    expect("WHERE review_at <= $1", "COVERING INDEX repository_blob_review (review_at<?)");
    expect("i.subject = $2 AND i.digest > $3", "image_subject (repository=? AND subject=? AND digest>?)");
    expect("t.repository = $1 AND t.name > $2 AND NOT EXISTS", "PRIMARY KEY (repository=? AND name>?)");
    expect("FROM lifecycle_preview WHERE repository = $1 ORDER BY", "lifecycle_preview_repository (repository=?)");
    expect("WHERE preview = $1 AND tagged = $2 AND last > $3", "PRIMARY KEY (preview=? AND tagged=? AND last>?)");
    expect("FROM lifecycle_preview_place WHERE preview = $1 AND last >= $2", "PRIMARY KEY (preview=? AND last>?)");
    expect("FROM bin_image i WHERE i.repository = $1 AND i.subject = $2",
           "bin_image_subject (repository=? AND subject=? AND deleted_at>?)");
    expect("i.subject = $2 AND i.digest > $3 ORDER BY", "image_subject (repository=? AND subject=? AND digest>?)");
    expect("FROM bin_blob i WHERE (i.digest, i.repository, i.image) >", "PRIMARY KEY ((digest,repository,image)>");
    expect("SELECT turn FROM scan_queue", "scan_queue_ready (turn>?)");
    expect("SELECT 1 FROM scan_queue WHERE ready = 0", "scan_queue_due (due_at<?)");
    expect("FROM image_scan WHERE continuous = 1", "image_scan_behind (generation<?)");
    expect("FROM image_scan WHERE retryable = 1", "image_scan_retryable (image>?)");
    expect("r.name > $3", "repository_name (account=? AND region=? AND name>?)");
    expect("c.child = $2", "PRIMARY KEY (repository=? AND child=?)");
    expect("FROM bin_image i WHERE i.repository = $1 AND (i.deleted_at, i.id)",
           "bin_image_repository (repository=? AND deleted_at<?)");
    expect("FROM bin_image i CROSS JOIN repository", "bin_image_registry (account=? AND region=? AND deleted_at<?)");
    expect("FROM bin_tag t JOIN bin_image", "PRIMARY KEY (repository=? AND name=?)");
    expect("FROM bin_image i WHERE i.deleted_at < $1", "INDEX bin_image_deleted (deleted_at<?)");
    expect("SELECT 1 FROM image_blob", "PRIMARY KEY (repository=? AND digest=?)");
}

}  // namespace
}  // namespace berth::store::sqlite
