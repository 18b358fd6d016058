// Pushing at full speed while the collector removes 100,000 blobs: the whole of the use cases over a synced SQLite and
// real files, without HTTP. The collector works every second half second, so that whatever else the machine does falls
// on both sides alike: `alone` and `collecting` are images pushed a second, `loss` is what collecting takes in per
// cent. A run ends when the last of them is gone. BERTH_BENCH_DIR chooses the disk (40 GB are filled at full speed),
// BERTH_BENCH_GARBAGE another number of blobs.
//
//   bench_gc --benchmark_repetitions=3
//
// Arguments: what is collected (1 inline blobs, 2 files; 0 nothing, which shows the noise), and at how many a second
// (storage.gc_rate).
#include "bench/registry/disk_registry.hpp"
#include "registry/collector.hpp"
#include "registry/images.hpp"
#include "registry/uploads.hpp"
#include "testing/bytes.hpp"
#include "testing/manifests.hpp"
#include "testing/run.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace {

using namespace berth;
using bench::insist;
using testing::wait_for;

enum class Garbage : std::uint8_t { none, inline_blobs, files };

using Steady = std::chrono::steady_clock;

constexpr std::size_t layer_bytes = 128 * 1024;
constexpr std::chrono::milliseconds half(500);
constexpr std::size_t batches_a_second = 16;  // as the job has it

// 1: the collector works.
std::size_t phase() {
    return static_cast<std::size_t>(Steady::now().time_since_epoch() / half) % 2;
}

std::size_t garbage_count() {
    const char* wanted = std::getenv("BERTH_BENCH_GARBAGE");
    return wanted != nullptr ? static_cast<std::size_t>(std::atoll(wanted)) : 100'000;
}

// A registry with one repository to push to, and one full of blobs that nothing needs.
class Registry {
public:
    Registry(Garbage garbage, std::size_t rate) {
        registry_.create("app");
        fill(garbage);
        if (garbage != Garbage::none)
            collecting_ = std::jthread([this, rate](std::stop_token stop) { collect(stop, rate); });
    }
    ~Registry() {
        collecting_ = {};  // asks it to stop, and waits
    }

    // One image: a config, a layer, the manifest and its tag.
    void push(std::uint64_t number) {
        ++pushed_[phase()];
        const auto layer = testing::content(layer_bytes, number);
        const std::string config = R"({"number":)" + std::to_string(number) + "}";
        const auto where = registry_.named("app");
        for (const auto& bytes : {layer, config}) {
            testing::Body body(bytes);
            insist(wait_for(uploads_.push(registry_.caller, where, model::Digest::of(bytes), body)));
        }
        registry::NewManifest image;
        image.bytes = testing::manifest_of(config, {layer});
        image.tags = {model::Tag::parse("v" + std::to_string(number)).value()};
        insist(wait_for(images_.put(registry_.caller, where, std::move(image))));
    }

    // Images a second, with the collector resting [0] and working [1].
    [[nodiscard]] std::array<double, 2> rates() const {
        const std::chrono::duration<double> each = (Steady::now() - begun_) / 2;
        return {static_cast<double>(pushed_[0]) / each.count(), static_cast<double>(pushed_[1]) / each.count()};
    }
    void begin() { begun_ = Steady::now(); }
    // All garbage is gone; or, where there never was any, time enough to see the noise.
    [[nodiscard]] bool done() const {
        return collecting_.joinable() ? removed() >= garbage_count()
                                      : Steady::now() - begun_ > std::chrono::seconds(60);
    }
    [[nodiscard]] std::uint64_t pushed() const { return pushed_[0] + pushed_[1]; }
    [[nodiscard]] std::uint64_t removed() const { return collector_.statistics().removed_blobs; }

private:
    void collect(const std::stop_token& stop, std::size_t rate) {
        const auto batch = rate / batches_a_second;
        const auto pace = std::chrono::nanoseconds(std::chrono::seconds(batch)) / rate;
        while (!stop.stop_requested()) {
            const auto next = Steady::now() + pace;
            if (phase() == 1) insist(wait_for(collector_.collect(batch)));
            std::this_thread::sleep_until(next);
        }
    }
    // Rows and files as uploads leave them, whose review is due.
    void fill(Garbage garbage) {
        if (garbage == Garbage::none) return;
        const auto id = registry_.create("garbage");
        const auto bytes = std::make_shared<const std::string>(testing::content(4096));
        const auto count = garbage_count();
        for (std::size_t first = 0; first < count; first += 1000) {
            std::vector<std::string> keys;
            for (std::size_t i = 0; i < 1000; ++i) {
                keys.push_back(garbage == Garbage::files ? make_uuid(registry_.random) : "");
                if (!keys.back().empty()) insist(wait_for(write_file(keys.back(), *bytes)));
            }
            insist(wait_for(registry_.metadata->write(
                [&](store::Transaction& tx) -> Result<int> {
                    for (std::size_t i = 0; i < keys.size(); ++i) {
                        const auto digest = model::Digest::of("garbage " + std::to_string(first + i));
                        (void)tx.blobs().insert({.digest = digest,
                                                 .size = bytes->size(),
                                                 .location = {.key = keys[i], .inline_bytes = bytes}},
                                                registry_.clock.now());
                        tx.blobs().link(id, digest, registry_.clock.now(), registry_.clock.now());
                    }
                    return 0;
                },
                store::Durability::relaxed)));
        }
    }
    Task<Result<void>> write_file(std::string key, const std::string& bytes) {
        auto writer = co_await registry_.blobs.create(key, bytes.size());
        if (!writer) co_return fail(std::move(writer));
        auto done = co_await (*writer)->append(std::as_bytes(std::span(bytes)));
        if (done) done = co_await (*writer)->flush();
        co_return done;
    }

    bench::DiskRegistry registry_;
    registry::Images images_{registry_.services};
    registry::Uploads uploads_{registry_.services};
    registry::Collector collector_{registry_.services};
    std::array<std::atomic<std::uint64_t>, 2> pushed_{};
    Steady::time_point begun_ = Steady::now();  // of the pushes; set before any of them
    std::jthread collecting_;
};

std::unique_ptr<Registry> subject;      // of the run that is going on
std::atomic<std::uint64_t> next_image;  // never twice in the process: nothing is deduplicated

void start(const benchmark::State& state) {
    subject =
        std::make_unique<Registry>(static_cast<Garbage>(state.range(0)), static_cast<std::size_t>(state.range(1)));
}
void end(const benchmark::State&) {
    subject.reset();
}

void push_images(benchmark::State& state) {
    if (state.thread_index() == 0) subject->begin();
    for (auto _ : state) {
        while (!subject->done()) subject->push(++next_image);
    }
    if (state.thread_index() != 0) return;
    state.SetItemsProcessed(static_cast<std::int64_t>(subject->pushed()));
    const auto [alone, collecting] = subject->rates();
    state.counters["alone"] = alone;
    state.counters["collecting"] = collecting;
    state.counters["loss"] = 100 * (1 - collecting / alone);
    state.counters["removed"] = static_cast<double>(subject->removed());
}

BENCHMARK(push_images)
    ->ArgNames({"garbage", "rate"})
    ->Args({0, 1000})
    ->Args({1, 500})
    ->Args({1, 1000})
    ->Args({2, 1000})
    ->Setup(start)
    ->Teardown(end)
    ->Threads(4)
    ->UseRealTime()
    ->Iterations(1);

}  // namespace
