// The rows of an image and its tag, written and read through the thin layer of src/store/sql and through SOCI, on
// the same SQLite, the same schema and the same settings. Nothing is synced: what differs is the layer.
#include "base/clock.hpp"
#include "model/image.hpp"
#include "store/sql/migrations.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/scratch_folder.hpp"

#include <benchmark/benchmark.h>
#include <soci/soci.h>

#include <optional>
#include <string>

// SOCI's own header of its SQLite backend puts <sqlite3.h> into a namespace of SOCI's and cannot stand beside ours.
extern "C" void register_factory_sqlite3();

namespace {

using namespace berth;
namespace sql = berth::store::sql;
namespace sqlite = berth::store::sqlite;

constexpr std::int64_t rows = 20'000;
constexpr std::int64_t rows_in_transaction = 32;
const std::string media_type = "application/vnd.oci.image.manifest.v1+json";

std::string digest_text(std::int64_t id) {
    return model::Digest::of(std::to_string(id)).text();
}

// A database with the real schema, alone in a folder; both layers open it by path.
struct Database {
    store::sqlite::ScratchFolder folder = sqlite::ScratchFolder::create().value();
    std::string path = (folder.path() / "bench.db").string();
    sqlite::SqliteConnection db{path, sqlite::Access::read_write, 16 * 1024};

    Database() {
        db.set_sync(sqlite::Sync::off);
        if (!sql::migrate(db, sqlite::dialect, sql::migrations())) throw std::runtime_error("no schema");
    }
};

struct Row {
    std::int64_t id = 0;
    std::string digest;
    std::string tag;
    std::int64_t size = 1234;
    std::int64_t now = 1'700'000'000'000;
};

Row row_of(std::int64_t id) {
    return {.id = id, .digest = digest_text(id), .tag = "v" + std::to_string(id)};
}

void thin_insert(sql::Connection& db, const Row& row) {
    db.change(
        "INSERT INTO image (id, repository, digest, media_type, artifact_type, manifest_size, image_size, subject,"
        " annotations, pushed_at, last_pulled_at, status, tagged)"
        " VALUES ($1, 1, $2, $3, $4, $5, $6, NULL, '', $7, NULL, 'ACTIVE', 1)",
        row.id, row.digest, media_type, std::optional<std::string>{}, row.size, row.size, row.now);
    db.change(
        "INSERT INTO tag (repository, name, digest, updated_at) VALUES (1, $1, $2, $3) ON CONFLICT (repository, name)"
        " DO UPDATE SET digest = excluded.digest, updated_at = excluded.updated_at",
        row.tag, row.digest, row.now);
}

void fill(sql::Connection& db) {
    db.change(sqlite::begin_write);
    for (std::int64_t id = 1; id <= rows; ++id) thin_insert(db, row_of(id));
    db.change(sqlite::commit);
}

void insert_thin(benchmark::State& state) {
    Database database;
    std::int64_t id = 0;
    for (auto _ : state) {
        database.db.change(sqlite::begin_write);
        for (int n = 0; n < rows_in_transaction; ++n) thin_insert(database.db, row_of(++id));
        database.db.change(sqlite::commit);
    }
    state.SetItemsProcessed(id);
}

// As SOCI is used when speed matters: statements prepared once, bound to variables that are filled again and again.
struct SociInsert {
    Row row;
    std::string artifact;
    soci::indicator no_artifact = soci::i_null;
    soci::statement image;
    soci::statement tag;

    explicit SociInsert(soci::session& db)
        : image((db.prepare
                     << "INSERT INTO image (id, repository, digest, media_type, artifact_type, manifest_size,"
                        " image_size, subject, annotations, pushed_at, last_pulled_at, status, tagged)"
                        " VALUES (:id, 1, :digest, :type, :artifact, :size, :size2, NULL, '', :now, NULL, 'ACTIVE', 1)",
                 soci::use(row.id), soci::use(row.digest), soci::use(media_type), soci::use(artifact, no_artifact),
                 soci::use(row.size), soci::use(row.size), soci::use(row.now))),
          tag((db.prepare << "INSERT INTO tag (repository, name, digest, updated_at) VALUES (1, :name, :digest, :now)"
                             " ON CONFLICT (repository, name) DO UPDATE SET digest = excluded.digest,"
                             " updated_at = excluded.updated_at",
               soci::use(row.tag), soci::use(row.digest), soci::use(row.now))) {}

    void run(Row next) {
        row = std::move(next);
        image.execute(true);
        tag.execute(true);
    }
};

void open_soci(soci::session& db, const std::string& path) {
    register_factory_sqlite3();
    db.open("sqlite3", "db=" + path + " synchronous=OFF");
    db << "PRAGMA wal_autocheckpoint = 0";
    db << "PRAGMA cache_size = -16384";
    db << "PRAGMA temp_store = MEMORY";
}

void insert_soci_prepared(benchmark::State& state) {
    Database database;
    soci::session db;
    open_soci(db, database.path);
    SociInsert insert(db);
    std::int64_t id = 0;
    for (auto _ : state) {
        db << "BEGIN IMMEDIATE";
        for (int n = 0; n < rows_in_transaction; ++n) insert.run(row_of(++id));
        db << "COMMIT";
    }
    state.SetItemsProcessed(id);
}

// As SOCI reads best: the text beside its values, prepared anew each time.
void insert_soci_direct(benchmark::State& state) {
    Database database;
    soci::session db;
    open_soci(db, database.path);
    std::int64_t id = 0;
    std::string artifact;
    soci::indicator no_artifact = soci::i_null;
    for (auto _ : state) {
        db << "BEGIN IMMEDIATE";
        for (int n = 0; n < rows_in_transaction; ++n) {
            Row row = row_of(++id);
            db << "INSERT INTO image (id, repository, digest, media_type, artifact_type, manifest_size, image_size,"
                  " subject, annotations, pushed_at, last_pulled_at, status, tagged)"
                  " VALUES (:id, 1, :digest, :type, :artifact, :size, :size2, NULL, '', :now, NULL, 'ACTIVE', 1)",
                soci::use(row.id), soci::use(row.digest), soci::use(media_type), soci::use(artifact, no_artifact),
                soci::use(row.size), soci::use(row.size), soci::use(row.now);
            db << "INSERT INTO tag (repository, name, digest, updated_at) VALUES (1, :name, :digest, :now)"
                  " ON CONFLICT (repository, name) DO UPDATE SET digest = excluded.digest,"
                  " updated_at = excluded.updated_at",
                soci::use(row.tag), soci::use(row.digest), soci::use(row.now);
        }
        db << "COMMIT";
    }
    state.SetItemsProcessed(id);
}

std::string next_tag(std::int64_t& at) {
    at = at % rows + 1;
    return "v" + std::to_string(at);
}

void read_by_tag_thin(benchmark::State& state) {
    Database database;
    fill(database.db);
    std::int64_t at = 0;
    for (auto _ : state) {
        auto row = database.db.run(
            "SELECT i.id, i.digest, i.media_type, i.artifact_type, i.manifest_size, i.pushed_at FROM tag t"
            " JOIN image i ON i.repository = t.repository AND i.digest = t.digest"
            " WHERE t.repository = 1 AND t.name = $1",
            next_tag(at));
        if (!row) state.SkipWithError("a tag is missing");
        benchmark::DoNotOptimize(row.get<std::int64_t>(0));
        benchmark::DoNotOptimize(row.get<std::string>(1));
        benchmark::DoNotOptimize(row.get<std::string>(2));
        benchmark::DoNotOptimize(row.get<std::optional<std::string>>(3));
        benchmark::DoNotOptimize(row.get<std::int64_t>(4));
        benchmark::DoNotOptimize(row.get<Timestamp>(5));
    }
    state.SetItemsProcessed(state.iterations());
}

void read_by_tag_soci_prepared(benchmark::State& state) {
    Database database;
    fill(database.db);
    soci::session db;
    open_soci(db, database.path);
    std::int64_t at = 0;
    std::int64_t id = 0;
    std::int64_t size = 0;
    std::int64_t pushed = 0;
    std::string digest;
    std::string type;
    std::string artifact;
    std::string tag;
    soci::indicator has_artifact = soci::i_null;
    soci::statement select =
        (db.prepare << "SELECT i.id, i.digest, i.media_type, i.artifact_type, i.manifest_size, i.pushed_at FROM tag t"
                       " JOIN image i ON i.repository = t.repository AND i.digest = t.digest"
                       " WHERE t.repository = 1 AND t.name = :tag",
         soci::use(tag), soci::into(id), soci::into(digest), soci::into(type), soci::into(artifact, has_artifact),
         soci::into(size), soci::into(pushed));
    for (auto _ : state) {
        tag = next_tag(at);
        if (!select.execute(true)) state.SkipWithError("a tag is missing");
        benchmark::DoNotOptimize(digest.data());
    }
    state.SetItemsProcessed(state.iterations());
}

void read_page_thin(benchmark::State& state) {
    Database database;
    fill(database.db);
    for (auto _ : state) {
        std::size_t bytes = 0;
        for (auto row = database.db.run(
                 "SELECT id, digest, media_type, manifest_size FROM image WHERE repository = 1 AND digest > $1"
                 " ORDER BY digest LIMIT $2",
                 "sha256:5", 1000);
             row; row.next()) {
            bytes += row.get<std::string>(1).size() + row.get<std::string>(2).size();
            benchmark::DoNotOptimize(row.get<std::int64_t>(0) + row.get<std::int64_t>(3));
        }
        benchmark::DoNotOptimize(bytes);
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}

void read_page_soci(benchmark::State& state) {
    Database database;
    fill(database.db);
    soci::session db;
    open_soci(db, database.path);
    std::string after = "sha256:5";
    int limit = 1000;
    std::int64_t id = 0;
    std::int64_t size = 0;
    std::string digest;
    std::string type;
    soci::statement select =
        (db.prepare << "SELECT id, digest, media_type, manifest_size FROM image WHERE repository = 1 AND digest >"
                       " :after ORDER BY digest LIMIT :limit",
         soci::use(after), soci::use(limit), soci::into(id), soci::into(digest), soci::into(type), soci::into(size));
    for (auto _ : state) {
        std::size_t bytes = 0;
        select.execute(false);
        while (select.fetch()) {
            bytes += digest.size() + type.size();
            benchmark::DoNotOptimize(id + size);
        }
        benchmark::DoNotOptimize(bytes);
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}

BENCHMARK(insert_thin)->Unit(benchmark::kMicrosecond);
BENCHMARK(insert_soci_prepared)->Unit(benchmark::kMicrosecond);
BENCHMARK(insert_soci_direct)->Unit(benchmark::kMicrosecond);
BENCHMARK(read_by_tag_thin);
BENCHMARK(read_by_tag_soci_prepared);
BENCHMARK(read_page_thin)->Unit(benchmark::kMicrosecond);
BENCHMARK(read_page_soci)->Unit(benchmark::kMicrosecond);

}  // namespace
