// What a scan costs before a single package is matched: a layer unpacked, walked and read, and a known one put
// together. BERTH_LAYER names the layer (a tar, compressed or not); without it, the Debian layer of the wire tests is
// taken from their cache, .cache/images.
#include "archive/file_source.hpp"
#include "archive/tar.hpp"
#include "archive/unpack.hpp"
#include "inventory/layer_inventory.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

namespace {

using namespace berth;

std::string layer_path() {
    const char* path = std::getenv("BERTH_LAYER");  // NOLINT(concurrency-mt-unsafe): one thread
    return path != nullptr ? path : ".cache/images/debian-bookworm-minbase.tar.gz";
}

// Or null, and the benchmark is skipped.
std::shared_ptr<const archive::OpenFile> open_layer(benchmark::State& state) {
    auto file = archive::OpenFile::open(layer_path());
    if (!file) state.SkipWithError(file.error().message.c_str());
    return file ? *file : nullptr;
}

void unpack(benchmark::State& state) {
    const auto file = open_layer(state);
    if (!file) return;
    const archive::Limits limits;
    for (auto _ : state) {
        archive::FileSource source(file);
        auto plain = archive::unpack(source, limits);
        if (!plain || !archive::drain(**plain)) state.SkipWithError("broken layer");
    }
}
BENCHMARK(unpack)->Unit(benchmark::kMillisecond);

void walk(benchmark::State& state) {
    const auto file = open_layer(state);
    if (!file) return;
    const archive::Limits limits;
    for (auto _ : state) {
        archive::FileSource source(file);
        auto plain = archive::unpack(source, limits);
        archive::TarReader tar(**plain, limits);
        std::size_t entries = 0;
        for (auto entry = tar.next(); entry && *entry != nullptr; entry = tar.next()) ++entries;
        state.counters["entries"] = static_cast<double>(entries);
    }
}
BENCHMARK(walk)->Unit(benchmark::kMillisecond);

inventory::LayerInventory scan(const std::shared_ptr<const archive::OpenFile>& file) {
    archive::FileSource source(file);
    const inventory::Limits limits;
    return inventory::scan_layer(source, limits, inventory::Scope::anywhere).value().layer;
}

void scan_layer(benchmark::State& state) {
    const auto file = open_layer(state);
    if (!file) return;
    for (auto _ : state) benchmark::DoNotOptimize(scan(file));
    state.counters["kept_bytes"] = static_cast<double>(inventory::encode_layer(scan(file)).size());
}
BENCHMARK(scan_layer)->Unit(benchmark::kMillisecond);

void known_layer(benchmark::State& state) {
    const auto file = open_layer(state);
    if (!file) return;
    const auto kept = inventory::encode_layer(scan(file));
    for (auto _ : state) {
        std::vector<inventory::LayerInventory> layers;
        layers.push_back(inventory::decode_layer(kept).value());
        const auto image = inventory::union_of(layers);
        state.counters["packages"] = static_cast<double>(image.packages.size());
        benchmark::DoNotOptimize(image);
    }
}
BENCHMARK(known_layer)->Unit(benchmark::kMillisecond);

}  // namespace
