// Pushes, mounts, deletions, restorations, moving tags and the collector, all at once on a handful of blobs and with a
// grace that runs out all the time. What must hold at every moment: a blob that a present image needs is there, with
// its bytes; and a client that was told "it is here" can push its image within the grace. In the end nothing may be
// left over.
#include "registry/collector.hpp"
#include "testing/manifests.hpp"
#include "testing/world.hpp"

#include <atomic>
#include <cstdlib>
#include <map>
#include <random>

namespace berth::registry {
namespace {

using namespace std::chrono_literals;
using testing::Body;
using testing::content;
using testing::digest;
using testing::manifest_of;
using testing::repository;
using testing::tag;
using testing::wait_for;

constexpr auto grace = 1000ms;  // of a clock that the clients move on
constexpr std::size_t clients = 6;
constexpr std::string_view repositories[] = {"one", "two"};

int rounds() {
    const char* wanted = std::getenv("BERTH_HAMMER_ROUNDS");
    return wanted != nullptr ? std::atoi(wanted) : 150;
}

class CollectorHammer : public ::testing::Test {
protected:
    CollectorHammer() {
        world_.settings.blob_grace = grace;
        world_.settings.recycle_bin = grace / 2;
        world_.settings.inline_blob_bytes = 2000;
        for (const auto name : repositories) world_.create(name);
        for (std::uint64_t i = 0; i < 24; ++i) blobs_.push_back(content(i % 2 == 0 ? 1000 : 5000, i));
        for (std::size_t i = 0; i < blobs_.size(); ++i) {
            auto& manifest = manifests_[i] = manifest_of(blobs_[i], {blobs_[(i + 1) % blobs_.size()]});
            needs_.emplace(digest(manifest).text(), i);
        }
    }

    bool has_shown_all() const {
        return pushed_ > 10 && pulled_ > 0 && restored_ > 0 && world_.collector.statistics().removed_blobs > 3;
    }

    struct Dice {
        explicit Dice(std::size_t seed) : engine(seed) {}
        std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine); }
        std::mt19937_64 engine;
    };

    Task<void> client(std::size_t number) {
        Dice dice(number + 1);
        // How far the collector gets beside the clients is up to the machine: they wait for it to have done something.
        for (int round = 0; round < rounds() || (!has_shown_all() && round < 50 * rounds()); ++round) {
            const auto where = repository(repositories[dice.below(2)]);
            world_.clock.advance(grace / 8);
            const auto action = dice.below(10);
            if (action < 3) {
                co_await push_image(dice, where);
            } else if (action < 7) {
                co_await delete_image(dice, where);
            } else if (action < 8) {
                co_await restore_image(where, dice.below(blobs_.size()));
            } else {
                co_await pull_image(dice, where);
            }
        }
        ++finished_;
    }

    // As a client does: asks what is there, uploads or mounts the rest, puts the manifest.
    Task<void> push_image(Dice& dice, RepositoryRef where) {
        const auto chosen = dice.below(blobs_.size());
        const auto first_told = world_.clock.now();
        for (const auto which : {chosen, (chosen + 1) % blobs_.size()}) {
            auto provided = co_await provide(dice, where, blobs_[which]);
            if (!provided) ADD_FAILURE() << provided.error().message;
        }
        NewManifest image;
        image.bytes = manifests_.at(chosen);
        image.tags = {tag("moving" + std::to_string(dice.below(3)))};
        image.same_push = SamePush::succeeds_unless_immutable;
        auto put = co_await world_.images.put(world_.root, where, std::move(image));
        ++(put ? pushed_ : refused_);
        if (put) co_return;
        EXPECT_GE(world_.clock.now() - first_told, grace) << "a promise was broken: " << put.error().message;
    }

    Task<Result<void>> provide(Dice& dice, const RepositoryRef& where, const std::string& bytes) {
        const auto wanted = digest(bytes);
        const auto way = dice.below(3);
        if (way == 0) {
            auto there = co_await world_.blobs.stat(world_.root, where, wanted);
            if (there) co_return Result<void>{};
        } else if (way == 1) {
            std::vector<model::Digest> asked(1, wanted);
            auto layers = co_await world_.blobs.availability(world_.root, where, std::move(asked));
            if (layers && layers->front().size) co_return Result<void>{};
        } else {
            auto mounted = co_await world_.uploads->mount(world_.root, where, wanted, std::nullopt);
            if (mounted && *mounted) co_return Result<void>{};
        }
        Body body(bytes);
        auto uploaded = co_await world_.uploads->push(world_.root, where, wanted, body);
        if (!uploaded) co_return fail(std::move(uploaded));
        co_return Result<void>{};
    }

    // And sometimes wants it back: who asks for any image seldom meets one before its time in the bin is over.
    Task<void> delete_image(Dice& dice, RepositoryRef where) {
        const auto chosen = dice.below(blobs_.size());
        model::Reference reference = digest(manifests_.at(chosen));
        auto gone = co_await world_.images.remove(world_.root, where, std::move(reference));
        if (!gone) {
            EXPECT_EQ(gone.error().kind, FaultKind::image_not_found);
        } else if (dice.below(4) == 0) {
            co_await restore_image(where, chosen);
        }
    }

    // The image is all there again, or stays away.
    Task<void> restore_image(RepositoryRef where, std::size_t chosen) {
        std::vector<model::ImageIdentifier> ids(1);
        ids.front().digest = digest(manifests_.at(chosen));
        auto back = co_await world_.bin.restore(world_.root, where, std::move(ids), TagConflict::moves);
        EXPECT_TRUE(back);
        if (back && std::holds_alternative<RecycleBin::Restored>(back->front())) ++restored_;
    }

    // A pull may lose a race with a deletion; an image that is there all along may not miss a blob.
    Task<void> pull_image(Dice& dice, RepositoryRef where) {
        const auto chosen = dice.below(blobs_.size());
        const model::Reference reference = digest(manifests_.at(chosen));
        auto before = co_await world_.images.get(world_.root, where, reference, Images::Pull::no);
        if (!before) co_return;
        auto opened = co_await world_.blobs.open(world_.root, where, digest(blobs_[chosen]));
        auto after = co_await world_.images.get(world_.root, where, reference, Images::Pull::no);
        const bool stayed = after && (*after)->image == (*before)->image;
        if (!opened) {
            EXPECT_FALSE(stayed) << "a present image misses a blob: " << opened.error().message;
            EXPECT_EQ(opened.error().kind, FaultKind::blob_not_found);
            co_return;
        }
        ++pulled_;
        if (opened->reader) {
            std::string bytes(blobs_[chosen].size() + 1, '\0');
            auto got = co_await opened->reader->read_at(0, std::as_writable_bytes(std::span(bytes)));
            bytes.resize(got.value());
            EXPECT_TRUE(bytes == blobs_[chosen]);
        } else {
            EXPECT_TRUE(*opened->bytes == blobs_[chosen]);
        }
    }

    Task<void> collect_all_along() {
        while (finished_ < clients) {
            auto due = co_await world_.collector.collect(4);
            EXPECT_TRUE(due);
            auto emptied = co_await world_.bin.empty(4);
            EXPECT_TRUE(emptied);
            co_await check_snapshot();
        }
    }

    // One consistent view of all images and what they need.
    Task<void> check_snapshot() {
        auto missing = co_await world_.metadata->read([&](store::Transaction& tx) -> Result<std::size_t> {
            std::size_t absent = 0;
            for (const auto name : repositories) {
                const auto id = tx.repositories().find(testing::own_registry(), testing::name(name)).value().id;
                for (const auto& image : tx.images().page(id, {}, "", 100)) {
                    const auto chosen = needs_.at(image.image.digest.text());
                    for (const auto which : {chosen, (chosen + 1) % blobs_.size()}) {
                        if (!tx.blobs().find(id, digest(blobs_[which]))) ++absent;
                    }
                }
            }
            return absent;
        });
        EXPECT_EQ(missing, 0U);
    }

    testing::World world_;
    std::vector<std::string> blobs_;
    std::map<std::size_t, std::string> manifests_;
    std::map<std::string, std::size_t> needs_;  // manifest digest -> its first blob
    std::atomic<std::size_t> finished_{0};
    std::atomic<std::size_t> pushed_{0};
    std::atomic<std::size_t> refused_{0};
    std::atomic<std::size_t> pulled_{0};
    std::atomic<std::size_t> restored_{0};
};

TEST_F(CollectorHammer, NothingThatIsNeededGoesAndNothingElseStays) {
    testing::run_at_once(clients + 1, clients + 1,
                         [&](std::size_t number) { return number < clients ? client(number) : collect_all_along(); });
    const auto during = world_.collector.statistics();
    RecordProperty("pushed", static_cast<int>(pushed_));
    RecordProperty("refused", static_cast<int>(refused_));
    RecordProperty("pulled", static_cast<int>(pulled_));
    RecordProperty("restored", static_cast<int>(restored_));
    RecordProperty("removed", static_cast<int>(during.removed_blobs));
    EXPECT_TRUE(has_shown_all());

    for (const auto name : repositories) {
        for (const auto& [number, manifest] : manifests_) {
            model::Reference reference = digest(manifest);
            static_cast<void>(wait_for(world_.images.remove(world_.root, repository(name), std::move(reference))));
        }
    }
    world_.clock.advance(2 * grace);
    while (wait_for(world_.bin.empty(100)).value() > 0) {
    }
    world_.clock.advance(2 * grace);
    while (wait_for(world_.collector.collect(100)).value() > 0) {
    }
    EXPECT_TRUE(world_.files().empty());
    EXPECT_EQ(world_.discarded_keys(), 0U);
    for (const auto& bytes : blobs_) {
        EXPECT_FALSE(world_.look([&](store::Transaction& tx) { return tx.blobs().find(digest(bytes)); }));
    }
}

}  // namespace
}  // namespace berth::registry
