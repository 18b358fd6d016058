// Matching the inventory of one image again: 500 packages of 300 sources, 20 advisories a source, of which one fits; by
// a database in memory, and by one in its file, read anew each time (0) or kept in memory as the server keeps it.
#include "scan/match.hpp"
#include "testing/folder.hpp"
#include "testing/memory_advisories.hpp"
#include "vulndb/import.hpp"
#include "vulndb/sqlite_database.hpp"

#include <benchmark/benchmark.h>

#include <fstream>
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

std::string fixed_in(int source, int advice) {
    return "1:2.36." + std::to_string(source) + "-9+deb12u" + std::to_string(advice == 0 ? 5 : 4 - advice % 4);
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
            affected.ranges = {{.introduced = "", .fixed = fixed_in(source, i), .last_affected = std::nullopt}};
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

// The same advice as OSV's records.
void import_into(const std::filesystem::path& folder) {
    const auto file = folder / "records.jsonl";
    std::ofstream out(file);
    for (int source = 0; source < sources; ++source) {
        for (int i = 0; i < advisories; ++i) {
            out << R"({"id":"CVE-2024-)" << source * advisories + i
                << R"(","modified":"2024-01-01T00:00:00Z","details":")" << std::string(200, 'x')
                << R"(","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],)"
                << R"("affected":[{"package":{"ecosystem":"Debian:12","name":"source-)" << source
                << R"("},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":")" << fixed_in(source, i)
                << "\"}]}]}]}\n";
        }
    }
    out.close();
    const std::vector<vulndb::FeedFile> files{{.file = file, .name = "records"}};
    if (!vulndb::import_feeds(folder / "db", files, SystemClock())) throw std::runtime_error("not imported");
}

void match_file(benchmark::State& state) {
    const testing::Folder folder;
    import_into(folder.path());
    const auto cache = static_cast<std::size_t>(state.range(0)) << 20;
    const auto database = vulndb::SqliteDatabase::open(vulndb::database_file(folder.path() / "db"), cache).value();
    const auto inventory = image();
    std::size_t found = scan::match(inventory, *database, {}).findings.size();
    for (auto _ : state) {
        const auto findings = scan::match(inventory, *database, {});
        found = findings.findings.size();
        benchmark::DoNotOptimize(found);
    }
    state.counters["findings"] = static_cast<double>(found);
}
BENCHMARK(match_file)->Arg(0)->Arg(24)->ArgName("MiB")->Unit(benchmark::kMillisecond);

}  // namespace
