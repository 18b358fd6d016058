// Matching the inventory of one image again: 500 packages of 300 sources, 20 advisories a source, of which one fits.
#include "scan/match.hpp"
#include "testing/memory_advisories.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace berth;

constexpr int packages = 500;
constexpr int sources = 300;
constexpr int advisories = 20;

const vulndb::Stream stream{"Debian", "12"};

inventory::Inventory image() {
    inventory::Inventory inventory;
    inventory.distribution =
        inventory::Distribution{.id = "debian", .version_id = "12", .codename = "bookworm", .name = "Debian 12"};
    for (int i = 0; i < packages; ++i) {
        inventory::Package package;
        package.type = inventory::PackageType::deb;
        package.name = "package-" + std::to_string(i);
        package.version = "1:2.36." + std::to_string(i % sources) + "-9+deb12u4+b1";
        package.source_name = "source-" + std::to_string(i % sources);
        package.source_version = "1:2.36." + std::to_string(i % sources) + "-9+deb12u4";
        package.arch = "amd64";
        package.path = "var/lib/dpkg/status";
        inventory.packages.push_back(std::move(package));
    }
    return inventory;
}

void fill(testing::MemoryAdvisories& database) {
    for (int source = 0; source < sources; ++source) {
        for (int i = 0; i < advisories; ++i) {
            vulndb::Vulnerability record;
            record.id = "CVE-2024-" + std::to_string(source * advisories + i);
            record.details = std::string(200, 'x');
            record.scores = {{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "NVD"}};
            vulndb::Affected affected;
            affected.vulnerability = database.add_record(std::move(record));
            const auto revision = std::to_string(i == 0 ? 5 : 4 - i % 4);
            affected.ranges = {{.introduced = "",
                                .fixed = "1:2.36." + std::to_string(source) + "-9+deb12u" + revision,
                                .last_affected = std::nullopt}};
            affected.severity = "not yet assigned";
            database.add_advice(stream, "source-" + std::to_string(source), std::move(affected));
        }
    }
}

void match(benchmark::State& state) {
    testing::MemoryAdvisories database;
    fill(database);
    const auto inventory = image();
    std::size_t found = 0;
    for (auto _ : state) {
        const auto findings = scan::match(inventory, database, {});
        found = findings.findings.size();
        benchmark::DoNotOptimize(found);
    }
    state.counters["findings"] = static_cast<double>(found);
}
BENCHMARK(match)->Unit(benchmark::kMillisecond);

}  // namespace
