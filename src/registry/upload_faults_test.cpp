// What is left of an upload when the store fails or the sweep comes in the middle of it.
#include "async/run_blocking.hpp"
#include "base/random.hpp"
#include "registry/buffer_pool.hpp"
#include "registry/hash_pool.hpp"
#include "registry/job_bell.hpp"
#include "registry/pull_recorder.hpp"
#include "registry/read_cache.hpp"
#include "registry/repositories.hpp"
#include "registry/uploads.hpp"
#include "store/fs/fs_blob_store.hpp"
#include "store/sqlite/sqlite_metadata.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace berth::registry {
namespace {

using namespace std::chrono_literals;

const model::Registry own{.account = *model::AccountId::parse("123456789012"),
                          .region = *model::Region::parse("us-east-1")};
const RepositoryRef app{.registry = own, .name = *model::RepositoryName::parse("team/app")};

struct HandClock final : Clock {
    Timestamp time{std::chrono::milliseconds{1'700'000'000'000}};
    [[nodiscard]] Timestamp now() const override { return time; }
};

struct ScratchFolder {
    std::filesystem::path path;
    ScratchFolder() {
        auto name = (std::filesystem::temp_directory_path() / "berth-upload-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        path = name;
    }
    ~ScratchFolder() { std::filesystem::remove_all(path); }
};

// How often a step may still fail.
struct Failures {
    int appends = 0;
    int commits = 0;
};

class FailingWriter final : public store::BlobWriter {
public:
    FailingWriter(std::unique_ptr<store::BlobWriter> inner, Failures& failures)
        : inner_(std::move(inner)), failures_(failures) {}
    [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
    Task<Result<void>> append(std::span<const std::byte> piece) override {
        if (failures_.appends-- > 0) return refuse();
        return inner_->append(piece);
    }
    Task<Result<void>> flush() override { return inner_->flush(); }
    Task<Result<void>> commit() override {
        if (failures_.commits-- > 0) return refuse();
        return inner_->commit();
    }

private:
    static Task<Result<void>> refuse() { co_return fail(FaultKind::unavailable, "the disk is broken"); }
    std::unique_ptr<store::BlobWriter> inner_;
    Failures& failures_;
};

class FailingStore final : public store::BlobStore {
public:
    FailingStore(store::BlobStore& inner, Failures& failures) : inner_(inner), failures_(failures) {}
    using Writer = std::unique_ptr<store::BlobWriter>;
    Task<Result<Writer>> create(std::string key, std::optional<std::uint64_t> size) override {
        co_return wrapped(co_await inner_.create(std::move(key), size));
    }
    Task<Result<Writer>> resume(std::string key) override { co_return wrapped(co_await inner_.resume(std::move(key))); }
    Task<Result<std::unique_ptr<store::BlobReader>>> open(std::string key) override { return inner_.open(key); }
    Task<Result<void>> remove(std::string key) override { return inner_.remove(key); }
    Task<Result<void>> set_aside(std::string key) override { return inner_.set_aside(key); }
    Task<Result<std::vector<std::string>>> list_keys(std::string prefix) override { return inner_.list_keys(prefix); }
    Task<Result<void>> check() override { return inner_.check(); }

private:
    Result<Writer> wrapped(Result<Writer> writer) {
        if (!writer) return writer;
        return Writer(std::make_unique<FailingWriter>(std::move(*writer), failures_));
    }
    store::BlobStore& inner_;
    Failures& failures_;
};

// Does something before its last byte comes, as another request would meanwhile.
class InterruptedSource final : public ByteSource {
public:
    InterruptedSource(std::string bytes, std::function<Task<void>()> meanwhile)
        : bytes_(std::move(bytes)), meanwhile_(std::move(meanwhile)) {}
    Task<Result<std::size_t>> read_some(std::span<std::byte> out) override {
        if (bytes_.remaining() == 1U && meanwhile_) co_await std::exchange(meanwhile_, nullptr)();
        const auto wanted = std::min<std::uint64_t>(out.size(), std::max<std::uint64_t>(1, *bytes_.remaining()) - 1);
        co_return co_await bytes_.read_some(out.first(std::max<std::size_t>(1, wanted)));
    }
    [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }

private:
    MemorySource bytes_;
    std::function<Task<void>()> meanwhile_;
};

class UploadFaults : public testing::Test {
protected:
    UploadFaults() {
        NewRepository wanted;
        wanted.name = app.name;
        EXPECT_TRUE(wait_for(repositories.create(call, own, std::move(wanted))));
    }
    ~UploadFaults() override { pool.join(); }

    template <class T>
    T wait_for(Task<T> task) {
        return run_blocking(std::move(task));
    }
    Result<std::uint64_t> patch(const model::UploadId& id, std::string bytes, std::uint64_t first) {
        MemorySource body(std::move(bytes));
        const ChunkRange range{.first = first, .last = first + *body.remaining() - 1};
        return wait_for(uploads.append(call, {.repository = app, .id = id}, range, body, ChunkKind::chunk));
    }
    Result<model::Blob> put(const model::UploadId& id, const std::string& whole) {
        MemorySource none("");
        return wait_for(
            uploads.complete(call, {.repository = app, .id = id}, model::Digest::of(whole), std::nullopt, none));
    }
    Result<std::uint64_t> received(const model::UploadId& id) {
        return wait_for(uploads.received(call, {.repository = app, .id = id}));
    }
    std::size_t files() { return wait_for(folder.list_keys(""))->size(); }

    ScratchFolder scratch;
    HandClock clock;
    SystemRandom random;
    Settings settings;
    iam::OwnAccountAuthorizer authorizer;
    BlockingPool pool{2};
    HashPool hashing{1};
    BufferPool buffers{8 << 20};
    ReadCache cache{1 << 20};
    PullRecorder pulls;
    JobBell bell;
    Failures failures;
    std::unique_ptr<store::sqlite::SqliteMetadata> metadata =
        std::move(*store::sqlite::SqliteMetadata::open({.path = {}, .in_memory = true}));
    store::fs::FsBlobStore folder{scratch.path / "blobs", pool, store::fs::DirectIo::off};
    FailingStore blobs{folder, failures};
    Services services{.clock = clock,
                      .random = random,
                      .metadata = *metadata,
                      .blobs = blobs,
                      .authorizer = authorizer,
                      .hashing = hashing,
                      .cache = cache,
                      .buffers = buffers,
                      .pulls = pulls,
                      .bell = bell,
                      .settings = settings};
    Repositories repositories{services};
    Uploads uploads{services};
    Call call{.principal = {.arn = "arn:aws:iam::123456789012:root",
                            .account = own.account,
                            .user_id = "123456789012",
                            .access_key_id = "AKIAEXAMPLE"},
              .request_id = "test"};
};

// The hash may have taken the piece that the store did not.
TEST_F(UploadFaults, GoesOnAfterAChunkThatCouldNotBeWritten) {
    const std::string first(300'000, 'a');
    const std::string second(300'000, 'b');
    const auto id = *wait_for(uploads.begin(call, app, std::nullopt));
    ASSERT_EQ(patch(id, first, 0), 300'000U);
    failures.appends = 1;
    EXPECT_EQ(patch(id, second, 300'000).error().kind, FaultKind::unavailable);
    ASSERT_EQ(received(id), 300'000U);
    ASSERT_EQ(patch(id, second, 300'000), 600'000U);
    EXPECT_TRUE(put(id, first + second));
}

TEST_F(UploadFaults, NeverSyncsTheSameBytesAgainAfterASyncThatFailed) {
    const std::string bytes(300'000, 'a');
    const auto id = *wait_for(uploads.begin(call, app, std::nullopt));
    ASSERT_TRUE(patch(id, bytes, 0));
    failures.commits = 1;
    EXPECT_EQ(put(id, bytes).error().kind, FaultKind::unavailable);
    EXPECT_EQ(put(id, bytes).error().kind, FaultKind::upload_not_found);
    EXPECT_EQ(files(), 0U);
}

TEST_F(UploadFaults, ThePushThatLastsLongerThanAnUploadMayIsNotSwept) {
    const std::string bytes(300'000, 'a');
    InterruptedSource body(bytes, [this]() -> Task<void> {
        clock.time += settings.upload_lifetime + 1s;
        const auto swept = co_await uploads.sweep(100);
        EXPECT_EQ(swept, 0U);
    });
    ASSERT_TRUE(wait_for(uploads.push(call, app, model::Digest::of(bytes), body)));
    EXPECT_EQ(files(), 1U);
}

TEST_F(UploadFaults, LeavesNoFileInARepositoryThatIsDeletedMeanwhile) {
    const std::string bytes(300'000, 'a');
    const auto id = *wait_for(uploads.begin(call, app, std::nullopt));
    const auto sweep = [this]() -> Task<void> { static_cast<void>(co_await uploads.sweep(100)); };
    // The body stays in one piece, so the file is made after the sweep.
    InterruptedSource body(bytes, [this, sweep]() -> Task<void> {
        auto removed = co_await repositories.remove(call, app, Contents::delete_too);
        EXPECT_TRUE(removed);
        auto purged = co_await metadata->write(
            [](store::Transaction& tx) -> Result<std::size_t> { return tx.repositories().purge(100); });
        EXPECT_TRUE(purged);
        co_await sweep();
    });
    static_cast<void>(
        wait_for(uploads.append(call, {.repository = app, .id = id}, std::nullopt, body, ChunkKind::chunk)));
    EXPECT_EQ(files(), 1U);
    wait_for(sweep());
    EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace berth::registry
