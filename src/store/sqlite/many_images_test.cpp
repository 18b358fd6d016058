// Lists of a repository with very many images: each page costs what it returns, however far it is from the start and
// however rare what the filter wants, and memory does not grow. BERTH_MANY_IMAGES=1000000 asks for the full size.
#include "store/sql/migrations.hpp"
#include "store/sql/tables.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/contract.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/error.hpp"
#include "store/sqlite/scratch_folder.hpp"

#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <limits>

namespace berth::store::sqlite {
namespace {

using namespace contract;

constexpr std::int64_t rarity = 1000;  // one image in so many is archived, one is untagged
constexpr std::size_t page_size = 1000;

std::int64_t image_count() {
    const char* wanted = std::getenv("BERTH_MANY_IMAGES");
    return wanted != nullptr ? std::atoll(wanted) : 10'000;
}

// Of this thread: how busy the machine is does not count.
std::chrono::nanoseconds worked() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::int64_t resident_kib() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    statm >> total >> resident;
    return resident * ::sysconf(_SC_PAGESIZE) / 1024;
}

class ManyImages : public ::testing::Test {
protected:
    ManyImages() {
        if (!sql::migrate(db_, dialect, sql::migrations())) throw std::logic_error("the schema cannot be made");
        db_.set_sync(Sync::off);
        fill();
    }

    // Rows as pushes leave them, a thousand a statement's worth at a time; digests that do not ascend with the ids.
    void fill() {
        db_.change(
            "INSERT INTO repository (id, account, region, name, created_at, tag_mutability, tag_exclusions,"
            " scan_on_push, encryption) VALUES (1, '000000000000', 'us-east-1', 'many', 1, 'MUTABLE', '', 0,"
            " 'AES256')");
        for (std::int64_t first = 1; first <= images_; first += 50'000) {
            const auto last = std::min(images_, first + 49'999);
            db_.change(begin_write);
            db_.change(
                "WITH RECURSIVE n(id) AS (VALUES ($1) UNION ALL SELECT id + 1 FROM n WHERE id < $2)"
                " INSERT INTO image (id, repository, digest, media_type, manifest_size, image_size, annotations,"
                " pushed_at, status, tagged) SELECT id, 1, 'sha256:' || printf('%016x%048x', (id * 7919) % 1000003, "
                "id),"
                " 'application/vnd.oci.image.manifest.v1+json', 500, 1000, '', id,"
                " CASE WHEN id % $3 = 0 THEN 'ARCHIVED' ELSE 'ACTIVE' END, CASE WHEN id % $3 = 1 THEN 0 ELSE 1 END"
                " FROM n",
                first, last, rarity);
            db_.change(
                "INSERT INTO tag (repository, name, digest, updated_at)"
                " SELECT 1, 'v' || id, digest, id FROM image WHERE id BETWEEN $1 AND $2 AND tagged = 1",
                first, last);
            db_.change(commit);
        }
    }

    struct Walk {
        std::size_t images = 0;
        std::size_t pages = 0;
        std::chrono::nanoseconds slowest{};
        std::int64_t grown_kib = 0;  // memory, over what there was after the first page
    };

    // `next` gives a page behind a position, which it moves, and how many it had.
    template <class F>
    static Walk walk(F next) {
        Walk walked;
        std::int64_t after_first = 0;
        for (;;) {
            const auto begun = worked();
            const std::size_t got = next();
            walked.slowest = std::max(walked.slowest, worked() - begun);
            if (walked.pages++ == 0) after_first = resident_kib();
            walked.images += got;
            if (got < page_size) break;
        }
        walked.grown_kib = resident_kib() - after_first;
        return walked;
    }
    Walk describe(const ImageFilter& filter) {
        std::string after;
        return walk([&] {
            const auto page = tx_.images().page(here_, filter, after, page_size);
            if (!page.empty()) after = page.back().image.digest.text();
            return page.size();
        });
    }
    Walk list(const ImageFilter& filter) {
        ImageEntryPosition after;
        return walk([&] {
            const auto page = tx_.images().entry_page(here_, filter, after, page_size);
            if (!page.empty()) {
                after = {.digest = page.back().digest.text(), .tag = page.back().tag ? page.back().tag->text() : ""};
            }
            return page.size();
        });
    }
    [[nodiscard]] std::size_t count(std::int64_t remainder) const {
        return static_cast<std::size_t>((images_ - remainder) / rarity + (remainder == 0 ? 0 : 1));
    }

    const std::int64_t images_ = image_count();
    const model::RepositoryId here_{1};
    ScratchFolder folder_ = ScratchFolder::create().value();
    SqliteConnection db_{folder_.path() / "many.db", Access::read_write, 2048};
    sql::Tables tx_{db_};
};

// A page takes milliseconds of work; the whole list, or one that grew with what was skipped, would take many times as
// long.
constexpr auto longest_page = std::chrono::milliseconds(500);
// The page cache of the session, and what the allocator keeps; AddressSanitizer's keeps what was freed for a while.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::int64_t grown_limit_kib = std::int64_t{300} * 1024;
#else
constexpr std::int64_t grown_limit_kib = std::int64_t{16} * 1024;
#endif

TEST_F(ManyImages, EveryImageOnceInConstantMemory) {
    const auto all = static_cast<std::size_t>(images_);
    for (const auto& walked : {describe({}), list({})}) {
        EXPECT_EQ(walked.images, all);
        EXPECT_LT(walked.slowest, longest_page);
        EXPECT_LT(walked.grown_kib, grown_limit_kib);
    }
}

TEST_F(ManyImages, ARareKindIsFoundWithoutReadingTheOthers) {
    const ImageFilter archived{.tag_status = TagStatusFilter::any, .status = model::ImageStatus::archived};
    const ImageFilter untagged{.tag_status = TagStatusFilter::untagged, .status = std::nullopt};
    const ImageFilter archived_untagged{.tag_status = TagStatusFilter::untagged,
                                        .status = model::ImageStatus::archived};
    const auto begun = worked();
    EXPECT_EQ(describe(archived).images, count(0));
    EXPECT_EQ(list(archived).images, count(0));
    EXPECT_EQ(describe(untagged).images, count(1));
    EXPECT_EQ(list(untagged).images, count(1));
    EXPECT_EQ(describe(archived_untagged).images, 0U);
    EXPECT_EQ(list({.tag_status = TagStatusFilter::any, .status = model::ImageStatus::activating}).images, 0U);
    // Less than reading everything once takes.
    const auto rare = worked() - begun;
    const auto again = worked();
    EXPECT_EQ(describe({.tag_status = TagStatusFilter::tagged, .status = model::ImageStatus::active}).images,
              static_cast<std::size_t>(images_) - count(0) - count(1));
    EXPECT_LT(rare, worked() - again);
}

}  // namespace
}  // namespace berth::store::sqlite
