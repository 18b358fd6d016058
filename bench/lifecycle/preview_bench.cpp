// A lifecycle policy preview from the call to COMPLETE, over a synced SQLite: as a server does it, but for HTTP and the
// moment until a runner takes the job. The policy expires all but a thousand images, so that nearly all are results;
// half of the images are tagged. BERTH_BENCH_DIR chooses the disk.
#include "bench/registry/disk_registry.hpp"
#include "registry/lifecycle_previews.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

namespace {

using namespace berth;
using bench::insist;
using testing::wait_for;

constexpr std::size_t images_at_once = 1000;
constexpr std::size_t sweep_at_once = 2000;
constexpr std::string_view policy =
    R"({"rules":[{"rulePriority":1,"description":"all but the youngest thousand images of the repository go",)"
    R"("selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1000},)"
    R"("action":{"type":"expire"}}]})";

// One repository full of images, a second apart.
class Subject {
public:
    explicit Subject(std::int64_t count) {
        for (std::int64_t first = 0; first < count; first += images_at_once) fill(first, std::min(count, first + 1000));
    }

    // How many images would go.
    std::uint64_t preview() {
        const auto started = insist(wait_for(previews_.start(registry_.caller, app_, std::string(policy))));
        insist(wait_for(previews_.run(started.id, 0, {})));
        const auto page = insist(wait_for(previews_.page(registry_.caller, app_, {}, {}, 100)));
        if (page.results.size() != 100) throw std::runtime_error("the preview has no results");
        return page.preview.expiring;
    }
    // Results of previews that were replaced, which a job removes.
    void sweep() {
        while (insist(wait_for(previews_.sweep(sweep_at_once))) > 0) {
        }
    }

private:
    void fill(std::int64_t first, std::int64_t end) {
        const auto begun = registry_.clock.now() - std::chrono::hours(24 * 100);
        insist(wait_for(registry_.metadata->write(
            [&](store::Transaction& tx) -> Result<int> {
                for (auto n = first; n < end; ++n) {
                    const std::string manifest = R"({"number":)" + std::to_string(n) + "}";
                    store::NewImage added{.image = {}, .manifest = manifest, .blobs = {}, .children = {}};
                    auto& image = added.image;
                    image.id = model::ImageRowId{n + 1};
                    image.repository = row_;
                    image.digest = model::Digest::of(manifest);
                    image.media_type = "application/vnd.oci.image.manifest.v1+json";
                    image.manifest_size = manifest.size();
                    image.pushed_at = begun + std::chrono::seconds(n);
                    tx.images().insert(added);
                    if (n % 2 != 0) continue;
                    const auto tag = model::Tag::parse("build-" + std::to_string(n)).value();
                    tx.images().put_tag(row_, tag, image.id, image.pushed_at);
                }
                return 0;
            },
            store::Durability::relaxed)));
    }

    bench::DiskRegistry registry_;
    registry::LifecyclePreviews previews_{registry_.services};
    const registry::RepositoryRef app_ = registry_.named("app");
    const model::RepositoryId row_ = registry_.create("app");
};

void preview_images(benchmark::State& state) {
    Subject subject(state.range(0));
    std::uint64_t expiring = 0;
    for (auto _ : state) {
        expiring = subject.preview();
        state.PauseTiming();
        subject.sweep();
        state.ResumeTiming();
    }
    state.counters["expiring"] = static_cast<double>(expiring);
}

}  // namespace

BENCHMARK(preview_images)->RangeMultiplier(10)->Range(10'000, 1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();
