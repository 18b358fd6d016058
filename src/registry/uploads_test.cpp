// Uploads as clients meet them, over SQLite and a folder.
#include "registry/uploads.hpp"

#include "base/size.hpp"
#include "testing/world.hpp"

#include <array>
#include <utility>

namespace berth::registry {
namespace {

using namespace std::chrono_literals;
using testing::Body;
using testing::content;
using testing::digest;
using testing::Length;
using testing::repository;
using testing::wait_for;

constexpr std::size_t inline_limit = 64_KiB;

class UploadsTest : public ::testing::Test {
protected:
    model::UploadId begin(std::string_view in = "app") {
        return wait_for(world_.uploads->begin(world_.root, repository(in), std::nullopt)).value();
    }
    Result<std::uint64_t> append(const model::UploadId& id, const std::string& bytes, testing::BodyOptions options = {},
                                 std::optional<ChunkRange> range = std::nullopt) {
        Body body(bytes, std::move(options));
        return wait_for(world_.uploads->append(world_.root, {repository("app"), id}, range, body, ChunkKind::chunk));
    }
    Result<model::Blob> complete(const model::UploadId& id, const model::Digest& expected, const std::string& rest = "",
                                 testing::BodyOptions options = {}, std::optional<ChunkRange> range = std::nullopt) {
        Body body(rest, std::move(options));
        return wait_for(world_.uploads->complete(world_.root, {repository("app"), id}, expected, range, body));
    }
    Result<std::uint64_t> received(const model::UploadId& id) {
        return wait_for(world_.uploads->received(world_.root, {repository("app"), id}));
    }
    void expect_blob(const std::string& bytes, std::string_view where) {
        const auto got = world_.pull("app", digest(bytes));
        ASSERT_TRUE(got) << where << ": " << got.error().message;
        EXPECT_TRUE(*got == bytes) << where << " of " << bytes.size();
        EXPECT_EQ(world_.uploads_running(app_), 0) << where;
        EXPECT_EQ(world_.files().size(), bytes.size() > inline_limit ? 1 : 0) << where;
    }
    // Nothing of any upload is left.
    void expect_nothing(std::string_view where) {
        EXPECT_EQ(world_.uploads_running(app_), 0) << where;
        EXPECT_EQ(world_.files(), std::vector<std::string>{}) << where;
        EXPECT_EQ(world_.discarded_keys(), 0) << where;
    }

    testing::World world_;
    const model::Repository app_ = world_.create("app");
};

// Everything on both sides of the limit, in every way there is to send it.
class UploadWays : public UploadsTest, public ::testing::WithParamInterface<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(Sizes, UploadWays,
                         ::testing::Values(0, 1, 4097, inline_limit - 1, inline_limit, inline_limit + 1, 1_MiB - 1,
                                           1_MiB, 3_MiB + 5));

TEST_P(UploadWays, Monolithic) {
    const auto bytes = content(GetParam());
    world_.push("app", bytes);
    expect_blob(bytes, "monolithic");
}

TEST_P(UploadWays, MonolithicOfUnknownLength) {
    const auto bytes = content(GetParam());
    Body body(bytes, {.length = Length::hidden, .piece = 10'007});
    ASSERT_TRUE(wait_for(world_.uploads->push(world_.root, repository("app"), digest(bytes), body)));
    expect_blob(bytes, "monolithic, length unknown");
}

TEST_P(UploadWays, BegunThenCompletedWithTheBody) {
    for (const auto length : {Length::announced, Length::hidden}) {
        const auto bytes = content(GetParam(), length == Length::hidden ? 1 : 2);
        ASSERT_TRUE(complete(begin(), digest(bytes), bytes, {.length = length}));
        const auto got = world_.pull("app", digest(bytes));
        EXPECT_TRUE(got == bytes);
    }
}

TEST_P(UploadWays, OneChunkThenCompleted) {
    const auto bytes = content(GetParam());
    const auto id = begin();
    EXPECT_EQ(append(id, bytes, {.length = Length::hidden}), bytes.size());
    EXPECT_EQ(received(id), bytes.size());
    ASSERT_TRUE(complete(id, digest(bytes)));
    expect_blob(bytes, "one chunk");
}

TEST_P(UploadWays, ManyOddChunksWithRangesAndRestarts) {
    const auto bytes = content(GetParam());
    const auto id = begin();
    std::mt19937_64 random(GetParam());
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto count = std::min<std::size_t>(random() % (bytes.size() / 3 + 1) + 1, bytes.size() - at);
        const auto length = random() % 2 == 0 ? Length::announced : Length::hidden;
        const auto taken = append(id, bytes.substr(at, count), {.length = length, .piece = random() % 5000 + 60'000},
                                  ChunkRange{.first = at, .last = at + count - 1});
        at += count;
        ASSERT_EQ(taken, at);
        if (random() % 2 == 0) world_.restart();
        ASSERT_EQ(received(id), at);
    }
    ASSERT_TRUE(complete(id, digest(bytes)));
    expect_blob(bytes, "odd chunks");
}

TEST_P(UploadWays, Sha512IsAskedForOnlyAtTheEnd) {
    const auto bytes = content(GetParam());
    const auto id = begin();
    ASSERT_TRUE(append(id, bytes));
    const auto wanted = model::Digest::of(bytes, model::DigestAlgorithm::sha512);
    ASSERT_TRUE(complete(id, wanted));
    EXPECT_TRUE(world_.pull("app", wanted) == bytes);
}

TEST_P(UploadWays, AWrongDigestLeavesNothing) {
    const auto bytes = content(GetParam());
    const auto wrong = digest("something else");
    const auto id = begin();
    ASSERT_TRUE(append(id, bytes));
    EXPECT_EQ(complete(id, wrong).error().kind, FaultKind::digest_mismatch);
    EXPECT_EQ(complete(id, digest(bytes)).error().kind, FaultKind::upload_not_found);
    EXPECT_EQ(received(id).error().kind, FaultKind::upload_not_found);
    expect_nothing("begun");
    for (const auto length : {Length::announced, Length::hidden}) {
        Body body(bytes, {.length = length});
        const auto pushed = wait_for(world_.uploads->push(world_.root, repository("app"), wrong, body));
        EXPECT_EQ(pushed.error().kind, FaultKind::digest_mismatch);
        expect_nothing("monolithic");
    }
}

TEST_P(UploadWays, CancelLeavesNothing) {
    const auto id = begin();
    ASSERT_TRUE(append(id, content(GetParam())));
    if (GetParam() % 2 == 0) world_.restart();
    ASSERT_TRUE(wait_for(world_.uploads->cancel(world_.root, {repository("app"), id})));
    expect_nothing("cancelled");
    EXPECT_EQ(append(id, "x").error().kind, FaultKind::upload_not_found);
}

TEST_P(UploadWays, ExpiredOnesAreSweptWithTheirBytes) {
    const auto old = begin();
    ASSERT_TRUE(append(old, content(GetParam())));
    if (GetParam() % 2 == 1) world_.restart();
    world_.clock.advance(world_.settings.upload_lifetime - 1ms);
    const auto fresh = begin();
    ASSERT_TRUE(append(fresh, "fresh"));
    EXPECT_EQ(wait_for(world_.uploads->sweep(100)), 0);
    world_.clock.advance(1ms);
    EXPECT_EQ(append(old, "x").error().kind, FaultKind::upload_not_found);
    EXPECT_EQ(received(old).error().kind, FaultKind::upload_not_found);
    EXPECT_EQ(wait_for(world_.uploads->sweep(100)), 1);
    EXPECT_EQ(world_.files(), std::vector<std::string>{});
    EXPECT_EQ(world_.uploads_running(app_), 1);
    EXPECT_EQ(received(fresh), 5);
}

TEST_P(UploadWays, ABodyThatBreaksOffKeepsWhatCame) {
    const auto bytes = content(GetParam() + 100'000);
    const auto id = begin();
    const auto broken = append(id, bytes, {.breaks_after = GetParam()});
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().kind, FaultKind::unavailable);
    if (GetParam() % 2 == 1) world_.restart();
    ASSERT_EQ(received(id), GetParam());
    EXPECT_EQ(append(id, bytes.substr(GetParam(), 50'000)), GetParam() + 50'000);
    // The completing body may break as well.
    const auto rest = bytes.substr(GetParam() + 50'000);
    EXPECT_EQ(complete(id, digest(bytes), rest, {.breaks_after = 777}).error().kind, FaultKind::unavailable);
    if (GetParam() % 2 == 0) world_.restart();
    ASSERT_EQ(received(id), GetParam() + 50'777);
    ASSERT_TRUE(complete(id, digest(bytes), rest.substr(777)));
    expect_blob(bytes, "broken");
}

TEST_P(UploadWays, TheSameContentTwiceIsStoredOnce) {
    const auto bytes = content(GetParam());
    world_.push("app", bytes);
    ASSERT_TRUE(complete(begin(), digest(bytes), bytes));
    expect_blob(bytes, "twice");
    EXPECT_EQ(world_.discarded_keys(), 0);
}

TEST_F(UploadsTest, ChunksMustGoOnWhereTheUploadEnds) {
    const auto id = begin();
    ASSERT_EQ(append(id, content(100), {}, ChunkRange{0, 99}), 100);
    const auto refused = [&](ChunkRange range, std::size_t size, Length length) {
        const auto answer = append(id, content(size), {.length = length}, range);
        return !answer && answer.error().kind == FaultKind::invalid_range && answer.error().received == 100U;
    };
    for (const auto length : {Length::announced, Length::hidden}) {
        EXPECT_TRUE(refused({0, 99}, 100, length)) << "again";
        EXPECT_TRUE(refused({101, 150}, 50, length)) << "a gap";
        EXPECT_TRUE(refused({99, 150}, 52, length)) << "an overlap";
        EXPECT_TRUE(refused({100, 98}, 1, length)) << "backwards";
        EXPECT_TRUE(refused({~0ULL, ~0ULL}, 1, length)) << "far off";
    }
    EXPECT_TRUE(refused({100, 149}, 49, Length::announced)) << "too short";
    EXPECT_TRUE(refused({100, 149}, 51, Length::announced)) << "too long";
    EXPECT_EQ(received(id), 100);
    const auto all = content(100) + content(50);
    EXPECT_EQ(complete(id, digest(all), content(50), {}, ChunkRange{99, 148}).error().kind, FaultKind::invalid_range);
    EXPECT_TRUE(complete(id, digest(all), content(50), {}, ChunkRange{100, 149}));
}

TEST_F(UploadsTest, AChunkOfUnknownLengthMustBringWhatItsRangeSays) {
    const auto id = begin();
    const auto answer = append(id, content(49), {.length = Length::hidden}, ChunkRange{0, 49});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FaultKind::size_mismatch);
    EXPECT_EQ(received(id), 49);
}

TEST_F(UploadsTest, StrangersDoNotFindIt) {
    testing::World& world = world_;
    world.create("other");
    for (const bool restarted : {false, true}) {
        const auto id = begin();
        ASSERT_TRUE(append(id, "mine"));
        if (restarted) world.restart();
        const auto stranger = testing::call_by("user/stranger");
        const auto kind = [](const auto& result) { return result.error().kind; };
        const auto attempts = [&](const Call& call, std::string_view in) {
            const UploadRef ref{repository(in), id};
            Body body("x");
            EXPECT_EQ(kind(wait_for(world.uploads->append(call, ref, std::nullopt, body, ChunkKind::chunk))),
                      FaultKind::upload_not_found);
            EXPECT_EQ(kind(wait_for(world.uploads->received(call, ref))), FaultKind::upload_not_found);
            EXPECT_EQ(kind(wait_for(world.uploads->cancel(call, ref))), FaultKind::upload_not_found);
            EXPECT_EQ(kind(wait_for(world.uploads->complete(call, ref, digest("minex"), std::nullopt, body))),
                      FaultKind::upload_not_found);
            EXPECT_EQ(kind(wait_for(world.uploads->complete_parts(call, ref, digest("mine")))),
                      FaultKind::upload_not_found);
        };
        attempts(stranger, "app");
        attempts(world.root, "other");
        EXPECT_EQ(received(id), 4);
        EXPECT_TRUE(complete(id, digest("mine")));
    }
}

TEST_F(UploadsTest, EachStepAsksForItsRight) {
    const auto id = begin();
    const UploadRef ref{repository("app"), id};
    Body body("bytes");
    world_.authorizer.deny(iam::action::upload_layer_part, "app");
    EXPECT_EQ(append(id, "x").error().kind, FaultKind::access_denied);
    EXPECT_EQ(received(id).error().kind, FaultKind::access_denied);
    EXPECT_EQ(wait_for(world_.uploads->cancel(world_.root, ref)).error().kind, FaultKind::access_denied);
    EXPECT_EQ(wait_for(world_.uploads->push(world_.root, repository("app"), digest("bytes"), body)).error().kind,
              FaultKind::access_denied);
    world_.authorizer.deny(iam::action::complete_layer_upload, "app");
    EXPECT_EQ(complete(id, digest("")).error().kind, FaultKind::access_denied);
    world_.authorizer.deny(iam::action::initiate_layer_upload, "app");
    EXPECT_EQ(wait_for(world_.uploads->begin(world_.root, repository("app"), std::nullopt)).error().kind,
              FaultKind::access_denied);
}

TEST_F(UploadsTest, ARepositoryDeletedMeanwhileGetsNothing) {
    for (const bool made_again : {false, true}) {
        const auto bytes = content(100'000, made_again);
        const auto id = begin();
        ASSERT_TRUE(append(id, bytes));
        ASSERT_TRUE(wait_for(world_.repositories.remove(world_.root, repository("app"), Contents::delete_too)));
        if (made_again) world_.create("app");
        const auto refused = complete(id, digest(bytes));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, made_again ? FaultKind::upload_not_found : FaultKind::repository_not_found);
        if (!made_again) world_.create("app");
        EXPECT_FALSE(wait_for(world_.blobs.stat(world_.root, repository("app"), digest(bytes))));
        // What it brought goes with the rows of the repository.
        while (wait_for(world_.metadata->write([](store::Transaction& tx) -> Result<std::size_t> {
                   return tx.repositories().purge(10);
               })).value() > 0) {
        }
        ASSERT_TRUE(wait_for(world_.uploads->sweep(100)));
        EXPECT_EQ(world_.files(), std::vector<std::string>{});
    }
}

// The same with the deletion in the middle of a body.
TEST_F(UploadsTest, ARepositoryDeletedDuringAMonolithicPushGetsNothing) {
    const auto bytes = content(300'000);
    Body body(bytes, {.before_read = [&]() -> Task<void> {
                  auto removed =
                      co_await world_.repositories.remove(world_.root, repository("app"), Contents::delete_too);
                  static_cast<void>(removed);
              }});
    const auto pushed = wait_for(world_.uploads->push(world_.root, repository("app"), digest(bytes), body));
    EXPECT_EQ(pushed.error().kind, FaultKind::repository_not_found);
    world_.create("app");
    EXPECT_FALSE(wait_for(world_.blobs.stat(world_.root, repository("app"), digest(bytes))));
}

// And with the sweep in it too: the file that the rest of the body makes afterwards goes with the next one.
TEST_F(UploadsTest, ARepositoryDeletedAndSweptDuringAChunkLeavesNoFile) {
    const auto ref = UploadRef{repository("app"), begin()};
    bool gone = false;
    Body body(content(300'000), {.before_read = [&]() -> Task<void> {
                  if (std::exchange(gone, true)) co_return;
                  auto removed =
                      co_await world_.repositories.remove(world_.root, repository("app"), Contents::delete_too);
                  EXPECT_TRUE(removed);
                  auto purged = co_await world_.metadata->write(
                      [](store::Transaction& tx) -> Result<std::size_t> { return tx.repositories().purge(100); });
                  EXPECT_TRUE(purged);
                  auto swept = co_await world_.uploads->sweep(100);
                  EXPECT_TRUE(swept);
              }});
    static_cast<void>(wait_for(world_.uploads->append(world_.root, ref, std::nullopt, body, ChunkKind::chunk)));
    EXPECT_EQ(world_.files().size(), 1U);
    ASSERT_TRUE(wait_for(world_.uploads->sweep(100)));
    EXPECT_TRUE(world_.files().empty());
}

// A push that takes longer than uploads may rest is still going on.
TEST_F(UploadsTest, TheSweepLeavesRunningPushesAlone) {
    const auto bytes = content(3'000'000);
    for (const bool monolithic : {false, true}) {
        const auto sent = bytes + (monolithic ? "m" : "c");
        int reads = 0;
        Body body(sent, {.before_read = [&]() -> Task<void> {
                      if (++reads != 40) co_return;  // some of it is in the store by now
                      world_.clock.advance(world_.settings.upload_lifetime * 2);
                      auto swept = co_await world_.uploads->sweep(100);
                      EXPECT_EQ(swept, 0U);
                  }});
        Result<model::Blob> done = fail(FaultKind::internal, "");
        if (monolithic) {
            done = wait_for(world_.uploads->push(world_.root, repository("app"), digest(sent), body));
        } else {
            const UploadRef ref{repository("app"), begin()};
            done = wait_for(world_.uploads->complete(world_.root, ref, digest(sent), std::nullopt, body));
        }
        ASSERT_TRUE(done) << monolithic;
        EXPECT_TRUE(world_.pull("app", digest(sent)) == sent) << monolithic;
    }
}

TEST_F(UploadsTest, ARepositoryHasOnlySoManyUploads) {
    world_.settings.uploads_per_repository = 3;
    const auto first = begin();
    begin();
    begin();
    const auto refused = wait_for(world_.uploads->begin(world_.root, repository("app"), std::nullopt));
    EXPECT_EQ(refused.error().kind, FaultKind::too_many_requests);
    world_.create("other");
    EXPECT_TRUE(wait_for(world_.uploads->begin(world_.root, repository("other"), std::nullopt)));
    ASSERT_TRUE(wait_for(world_.uploads->cancel(world_.root, {repository("app"), first})));
    EXPECT_TRUE(wait_for(world_.uploads->begin(world_.root, repository("app"), std::nullopt)));
}

TEST_F(UploadsTest, ALayerHasOnlySoManyBytes) {
    world_.settings.layer_bytes = 200'000;
    const auto fits = content(200'000);
    for (const auto length : {Length::announced, Length::hidden}) {
        const auto over = content(200'001, 3);
        Body body(over, {.length = length});
        EXPECT_EQ(wait_for(world_.uploads->push(world_.root, repository("app"), digest(over), body)).error().kind,
                  FaultKind::too_large);
        expect_nothing("too large");
        const auto id = begin();
        ASSERT_TRUE(append(id, fits, {.length = length}));
        EXPECT_EQ(append(id, "x", {.length = length}).error().kind, FaultKind::too_large);
        EXPECT_EQ(complete(id, digest(fits + "x"), "x", {.length = length}).error().kind, FaultKind::too_large);
        EXPECT_EQ(received(id), 200'000);
        ASSERT_TRUE(wait_for(world_.uploads->cancel(world_.root, {repository("app"), id})));
    }
    EXPECT_TRUE(complete(begin(), digest(fits), fits));
}

TEST_F(UploadsTest, TwoRequestsCannotWorkOnOneUpload) {
    const auto id = begin();
    const UploadRef ref{repository("app"), id};
    Body body(content(500'000), {.before_read = [&]() -> Task<void> {
                  Body other("x");
                  auto second =
                      co_await world_.uploads->append(world_.root, ref, std::nullopt, other, ChunkKind::chunk);
                  EXPECT_FALSE(second);
                  if (!second) {
                      EXPECT_EQ(second.error().kind, FaultKind::upload_busy);
                  }
                  auto asked = co_await world_.uploads->received(world_.root, ref);
                  EXPECT_TRUE(asked) << "asking is always possible";
              }});
    EXPECT_EQ(wait_for(world_.uploads->append(world_.root, ref, std::nullopt, body, ChunkKind::chunk)), 500'000);
}

TEST_F(UploadsTest, PartsFollowTheRulesOfTheApi) {
    const auto part = [&](const model::UploadId& id, const std::string& bytes) {
        Body body(bytes);
        return wait_for(
            world_.uploads->append(world_.root, {repository("app"), id}, std::nullopt, body, ChunkKind::part));
    };
    const auto complete_parts = [&](const model::UploadId& id, const std::string& bytes) {
        return wait_for(world_.uploads->complete_parts(world_.root, {repository("app"), id}, digest(bytes)));
    };
    EXPECT_EQ(complete_parts(begin(), "").error().kind, FaultKind::empty_upload);
    const auto large = content(5_MiB);
    const auto small = large.substr(0, large.size() - 1);
    auto id = begin();
    ASSERT_TRUE(part(id, small));
    ASSERT_TRUE(part(id, "x"));
    world_.restart();
    EXPECT_EQ(complete_parts(id, small + "x").error().kind, FaultKind::layer_part_too_small);
    id = begin();
    ASSERT_TRUE(part(id, large));
    world_.restart();
    ASSERT_TRUE(part(id, "x"));
    EXPECT_TRUE(complete_parts(id, large + "x"));
    id = begin();
    ASSERT_TRUE(part(id, large + "x"));
    EXPECT_EQ(complete_parts(id, large + "x").error().kind, FaultKind::layer_exists);
}

TEST_F(UploadsTest, SixtyFourAtOnce) {
    constexpr std::size_t uploads = 64;
    const auto bytes_of = [](std::size_t n) { return content(n % 4 == 0 ? 5000 + n : 200'000 + n * 4111, n + 1); };
    testing::run_at_once(2, uploads, [&](std::size_t n) -> Task<void> {
        return [](testing::World& world, std::string bytes, std::size_t number) -> Task<void> {
            const auto wanted = digest(bytes);
            if (number % 3 == 0) {
                Body body(bytes, {.piece = 30'011});
                auto pushed = co_await world.uploads->push(world.root, repository("app"), wanted, body);
                EXPECT_TRUE(pushed);
                co_return;
            }
            auto id = co_await world.uploads->begin(world.root, repository("app"), std::nullopt);
            EXPECT_TRUE(id);
            const UploadRef ref{repository("app"), *id};
            for (std::size_t at = 0; at < bytes.size(); at += 150'001) {
                Body body(bytes.substr(at, 150'001), {.length = number % 2 == 0 ? Length::hidden : Length::announced});
                auto taken = co_await world.uploads->append(world.root, ref, std::nullopt, body, ChunkKind::chunk);
                EXPECT_TRUE(taken);
            }
            Body nothing("");
            auto done = co_await world.uploads->complete(world.root, ref, wanted, std::nullopt, nothing);
            EXPECT_TRUE(done);
        }(world_, bytes_of(n), n);
    });
    for (std::size_t n = 0; n < uploads; ++n) {
        EXPECT_TRUE(world_.pull("app", digest(bytes_of(n))) == bytes_of(n)) << n;
    }
    EXPECT_EQ(world_.files().size(), uploads * 3 / 4);
    EXPECT_EQ(world_.uploads_running(app_), 0);
}

}  // namespace
}  // namespace berth::registry
