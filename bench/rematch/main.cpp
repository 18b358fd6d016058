// 100,000 scanned images, then a changed vulnerability database: how long it takes from the moment it lies there until
// the findings of every image are those of the new one and their events are written, over a synced SQLite on a disk.
// While that goes on somebody else writes as well: how long that one waits is told too.
//
//   bench_rematch [IMAGES]
//
// BERTH_BENCH_DIR chooses the disk.
#include "bench/rematch/subject.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

namespace {

using namespace berth;
using bench::FeedState;
using bench::insist;
using testing::wait_for;
using Steady = std::chrono::steady_clock;

double seconds(Steady::duration time) {
    return std::chrono::duration<double>(time).count();
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

// From now on.
void forget_peak_memory() {
    std::ofstream("/proc/self/clear_refs") << "5";
}
double peak_memory_mib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
}

// A client whose requests change the metadata.
class OtherWriter {
public:
    explicit OtherWriter(store::Metadata& metadata)
        : thread_([this, &metadata](const std::stop_token& stop) { work(metadata, stop); }) {}
    // Milliseconds that all but one in a hundred took at most, and the longest; ends it.
    std::pair<double, double> finish() {
        thread_ = {};
        std::ranges::sort(waits_);
        if (waits_.empty()) return {};
        return {waits_[waits_.size() * 99 / 100], waits_.back()};
    }

private:
    void work(store::Metadata& metadata, const std::stop_token& stop) {
        for (std::uint64_t number = 0; !stop.stop_requested(); ++number) {
            const auto begun = Steady::now();
            insist(wait_for(metadata.write([&](store::Transaction& tx) -> Result<bool> {
                tx.blobs().discard_key("key " + std::to_string(number % 100), Timestamp{});
                return true;
            })));
            waits_.push_back(seconds(Steady::now() - begun) * 1000);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    std::vector<double> waits_;
    std::jthread thread_;
};

void measure(bench::Subject& subject, const char* what, const FeedState& state) {
    subject.import(state);
    const auto events_before = subject.events();
    forget_peak_memory();
    OtherWriter other(subject.metadata());
    const auto cpu = cpu_seconds();
    const auto begun = Steady::now();
    const auto report = subject.follow();
    const auto took = seconds(Steady::now() - begun);
    const auto used = cpu_seconds() - cpu;
    const auto memory = peak_memory_mib();
    const auto [usual, longest] = other.finish();
    std::printf("| %s | %zu | %zu | %llu | %.2f s | %.2f s | %.0f MiB | %.1f ms, %.1f ms |\n", what, report.inventories,
                report.images, static_cast<unsigned long long>(subject.events() - events_before), took, used, memory,
                usual, longest);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t images = argc > 1 ? static_cast<std::size_t>(std::atoll(argv[1])) : 100'000;
    const auto begun = Steady::now();
    bench::Subject subject(images);
    std::printf("%zu images with %llu findings, metadata of %llu MiB, made in %.0f s; %zu have a rare package\n\n",
                images, static_cast<unsigned long long>(subject.findings()),
                static_cast<unsigned long long>(subject.metadata_bytes() >> 20), seconds(Steady::now() - begun),
                subject.with_rare());
    std::printf(
        "| change | inventories | images | events | wall | CPU | peak memory | another writer waits (p99, longest) |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    std::fflush(stdout);
    FeedState state;
    state.absent = 50;
    measure(subject, "50 advisories of packages that no image has", state);
    state.rare = bench::rare_packages;
    measure(subject, "50 advisories of packages of 1 % of the images", state);
    state.openssl += 1;
    state.openssl_fixed = 19;
    measure(subject, "20 advisories of a package of every image, one of them new", state);
    const auto findings = subject.findings();
    state.openssl = bench::openssl_advisories;
    measure(subject, "19 new advisories of a package of every image", state);
    if (subject.findings() != findings + images * 19) throw std::runtime_error("findings are missing");
    return 0;
}
