// One comparison of two usual versions of each ecosystem, decided late in the text.
#include "versions/version.hpp"

#include <benchmark/benchmark.h>

#include <array>

namespace {

using berth::versions::Scheme;

struct Pair {
    Scheme scheme;
    std::string_view a;
    std::string_view b;
};

constexpr std::array pairs{
    Pair{Scheme::deb, "1:2.36-9+deb12u10", "1:2.36-9+deb12u4"},
    Pair{Scheme::rpm, "0:3.0.7-25.el9_3.1", "0:3.0.7-25.el9_3"},
    Pair{Scheme::apk, "1.36.1_git20240101-r15", "1.36.1_git20240101-r5"},
    Pair{Scheme::npm, "4.17.21-beta.10", "4.17.21-beta.2"},
    Pair{Scheme::go, "v0.0.0-20220722155237-a158d28d115b", "v0.0.0-20220722155238-a158d28d115b"},
    Pair{Scheme::crates, "1.28.2-alpha.3", "1.28.2"},
    Pair{Scheme::pypi, "2.31.0rc1.post2", "2.31.0rc1.post3"},
    Pair{Scheme::maven, "5.3.20.RELEASE", "5.3.20-SNAPSHOT"},
    Pair{Scheme::gem, "7.0.4.3.rc1", "7.0.4.3"},
    Pair{Scheme::nuget, "13.0.3-beta.2", "13.0.3-BETA.10"},
    Pair{Scheme::packagist, "v5.4.21-RC2", "5.4.21"},
};

void compare(benchmark::State& state) {
    const auto& pair = pairs[static_cast<std::size_t>(state.range(0))];
    state.SetLabel(std::string(berth::versions::name_of(pair.scheme)));
    for (auto _ : state) benchmark::DoNotOptimize(berth::versions::compare(pair.scheme, pair.a, pair.b));
}
BENCHMARK(compare)->DenseRange(0, static_cast<int>(pairs.size()) - 1);

}  // namespace
