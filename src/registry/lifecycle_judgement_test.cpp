// Judging a repository takes as long as the repository is large, and the thread of the jobs does not wait for it.
#include "registry/lifecycle_judgement.hpp"

#include "testing/manifests.hpp"
#include "testing/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <future>

namespace berth::registry {
namespace {

using namespace std::chrono_literals;
using testing::repository;
using testing::tag;
using testing::wait_for;

// Reads only begin when the gate is open; one that waits for too long is refused.
class GatedMetadata final : public store::Metadata {
public:
    explicit GatedMetadata(store::Metadata& inner) : inner_(inner) {}

    Task<Result<void>> run_read(const Work& work) override {
        if (opened_.wait_for(20s) != std::future_status::ready) {
            co_return fail(FaultKind::unavailable, "nobody opened the gate");
        }
        co_return co_await inner_.run_read(work);
    }
    Task<Result<void>> run_write(const Work& work, store::Durability durability) override {
        return inner_.run_write(work, durability);
    }
    Task<Result<void>> check() override { return inner_.check(); }
    void open() { gate_.set_value(); }

private:
    store::Metadata& inner_;
    std::promise<void> gate_;
    std::shared_future<void> opened_ = gate_.get_future().share();
};

constexpr std::string_view policy =
    R"({"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},)"
    R"("action":{"type":"expire"}}]}                                     )";

TEST(Judgement, TheThreadThatAsksIsFreeMeanwhile) {
    testing::World world;
    const auto id = world.create("app").id;
    world.push("app", "config");
    for (const auto* salt : {"old", "young"}) {
        world.clock.advance(1min);
        NewManifest manifest;
        manifest.bytes = testing::image_of("config", salt);
        ASSERT_TRUE(wait_for(world.images.put(world.root, repository("app"), manifest)));
    }
    GatedMetadata gated(*world.metadata);
    Services services{.clock = world.clock,
                      .random = world.random,
                      .metadata = gated,
                      .blobs = world.blob_store,
                      .authorizer = world.authorizer,
                      .settings = world.settings};
    const auto rules = lifecycle::parse(policy).value();

    boost::asio::io_context thread(1);
    std::optional<Result<Judgement>> judged;
    boost::asio::co_spawn(
        thread, [&]() -> Task<void> { judged.emplace(co_await judge(services, id, rules)); }, boost::asio::detached);
    // Behind it on the same thread: it has its turn although the repository is not read yet.
    boost::asio::post(thread, [&] { gated.open(); });
    thread.run();
    ASSERT_TRUE(judged && *judged) << judged->error().message;
    ASSERT_EQ((*judged)->decisions.size(), 1U);
    EXPECT_EQ((*judged)->survey.digest((*judged)->decisions[0].image),
              testing::digest(testing::image_of("config", "old")).text());
    EXPECT_EQ((*judged)->at, world.clock.now());
}

}  // namespace
}  // namespace berth::registry
