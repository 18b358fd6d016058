// A registry full of scanned images whose findings follow the vulnerability database. All but the reading of layers is
// done by the services that a server has: the queue of scans, the engine, the matching again.
#pragma once

#include "bench/registry/disk_registry.hpp"
#include "bench/rematch/feed.hpp"
#include "inventory/layer_inventory.hpp"
#include "scanning/built_in/built_in_scanner.hpp"
#include "scanning/built_in/reevaluation.hpp"
#include "scanning/scan_queue.hpp"
#include "scanning/scan_results.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace berth::bench {

// Upon one of a hundred bases of 100 to 400 packages each image has a layer with 5 to 20 packages of npm, and one in
// five a layer between them that installed one to four more packages of the system.
class Subject {
public:
    explicit Subject(std::size_t images);
    ~Subject();

    // A newer database is in the folder from now on.
    void import(const FeedState& state);
    // What the server's jobs do when they look.
    scanning::ReevaluationReport follow();

    [[nodiscard]] store::Metadata& metadata() { return *registry_.metadata; }
    [[nodiscard]] std::uint64_t findings();  // of all images, as they are counted
    [[nodiscard]] std::uint64_t events();    // of new findings
    [[nodiscard]] std::size_t with_rare() const { return with_rare_; }
    [[nodiscard]] std::uint64_t metadata_bytes() const;

private:
    struct Layer {
        model::Digest digest;
        std::string bytes;  // of its inventory
    };
    void make_bases();
    void fill(std::size_t first, std::size_t end);
    void scan_all();
    std::vector<Layer> layers_of(std::size_t image);
    std::size_t between(std::size_t low, std::size_t high);

    DiskRegistry registry_;
    const model::RepositoryId row_ = registry_.create("app");
    std::mt19937_64 random_{1};
    std::vector<std::vector<inventory::Package>> bases_;
    std::vector<Layer> base_layers_;
    std::size_t with_rare_ = 0;

    BlockingPool threads_{2};
    scanning::DatabaseHolder databases_{registry_.folder.path() / "vulndb", std::size_t{32} << 20};
    ShareOfTime share_{100, [] { return false; }};
    worker::Pool workers_{{.program = {.path = "/bin/false", .arguments = {}}}};  // no layer is unknown
    scanning::BuiltInScanner scanner_{registry_.services, workers_, databases_, threads_, share_, {}};
    scanning::ScanResults results_{registry_.services, scanning::Keep::by_parts};
    scanning::ScanQueue queue_{registry_.services, scanner_, results_, share_, {}};
    scanning::Reevaluation reevaluation_{registry_.services, databases_, threads_, share_, false};
};

}  // namespace berth::bench
