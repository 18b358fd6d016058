#include "bench/rematch/subject.hpp"

#include "registry/events.hpp"
#include "registry/scan_requests.hpp"
#include "vulndb/import.hpp"

#include <algorithm>
#include <thread>

namespace berth::bench {
namespace {

using testing::wait_for;

constexpr std::size_t bases = 100;
constexpr std::size_t images_at_once = 500;
constexpr std::size_t scanning_threads = 4;
constexpr std::string_view layer_type = "application/vnd.oci.image.layer.v1.tar+gzip";

inventory::Package deb(std::string name) {
    return {.type = inventory::PackageType::deb,
            .name = name,
            .version = "1.0-1",
            .source_name = std::move(name),
            .source_version = "1.0-1",
            .arch = "amd64",
            .path = "var/lib/dpkg/status"};
}

inventory::Package npm(const std::string& name, std::size_t minor) {
    return {.type = inventory::PackageType::npm,
            .name = name,
            .version = "1." + std::to_string(minor) + ".0",
            .path = "app/node_modules/" + name + "/package.json"};
}

void add_packages(const std::vector<inventory::Package>& packages, inventory::LayerInventory& layer) {
    for (const auto& package : packages) layer.files[package.path].packages.push_back(package);
}

}  // namespace

Subject::Subject(std::size_t images) {
    import({});
    insist(wait_for(registry_.metadata->write([&](store::Transaction& tx) -> Result<bool> {
        tx.scans().put_configuration(registry_.own,
                                     {.type = store::ScanType::enhanced,
                                      .rules = {{.frequency = store::ScanFrequency::continuous, .filters = {"*"}}},
                                      .tag_patterns = {}});
        return true;
    })));
    make_bases();
    for (std::size_t first = 0; first < images; first += images_at_once) {
        fill(first, std::min(images, first + images_at_once));
    }
    scan_all();
    (void)insist(wait_for(reevaluation_.run()));
}

Subject::~Subject() {
    threads_.join();
}

void Subject::import(const FeedState& state) {
    const auto file = registry_.folder.path() / "feed.jsonl";
    write_feed(file, state);
    const std::vector<vulndb::FeedFile> files{{.file = file, .name = "feed"}};
    (void)insist(vulndb::import_feeds(databases_.folder(), files, registry_.clock));
    if (!databases_.current()) (void)insist(databases_.look());
}

scanning::ReevaluationReport Subject::follow() {
    (void)insist(databases_.look());
    return insist(wait_for(reevaluation_.run()));
}

std::uint64_t Subject::findings() {
    std::uint64_t sum = 0;
    for (model::ImageRowId after{};;) {
        const auto last = after;
        insist(wait_for(registry_.metadata->read([&](store::Transaction& tx) -> Result<bool> {
            for (std::size_t i = 0; i < images_at_once; ++i) {
                const auto scan = tx.scans().find(model::ImageRowId{std::to_underlying(after) + 1});
                if (!scan) break;
                after = scan->image;
                for (const auto count : scan->counts) sum += count;
            }
            return true;
        })));
        if (after == last) return sum;
    }
}

std::uint64_t Subject::events() {
    std::uint64_t count = 0;
    for (std::int64_t after = 0;;) {
        const auto page =
            insist(wait_for(registry_.metadata->read([&](store::Transaction& tx) -> Result<std::vector<store::Event>> {
                return tx.outbox().page(after, 1000);
            })));
        if (page.empty()) return count;
        after = page.back().id;
        count +=
            static_cast<std::uint64_t>(std::ranges::count(page, registry::event::scan_finding, &store::Event::kind));
    }
}

std::uint64_t Subject::metadata_bytes() const {
    return std::filesystem::file_size(registry_.folder.path() / "metadata.db");
}

std::size_t Subject::between(std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(random_);
}

void Subject::make_bases() {
    for (std::size_t base = 0; base < bases; ++base) {
        std::vector<inventory::Package> packages{deb("openssl")};
        const auto count = between(100, 400);
        // What most bases have, then what some have.
        for (std::size_t i = 0; i < count; ++i) packages.push_back(deb(system_package(4 * i + between(0, 3))));
        inventory::LayerInventory layer;
        add_packages(packages, layer);
        layer.files["etc/os-release"].distribution =
            inventory::Distribution{.id = "debian", .version_id = "12", .codename = "bookworm", .name = "Debian 12"};
        base_layers_.push_back(
            {.digest = model::Digest::of("base " + std::to_string(base)), .bytes = inventory::encode_layer(layer)});
        bases_.push_back(std::move(packages));
    }
}

std::vector<Subject::Layer> Subject::layers_of(std::size_t image) {
    const auto base = between(0, bases - 1);
    const auto name = std::to_string(image);
    std::vector<Layer> layers{{.digest = base_layers_[base].digest, .bytes = base_layers_[base].bytes}};
    if (image % 5 == 0) {
        auto packages = bases_[base];
        for (auto left = between(1, 4); left > 0; --left) {
            packages.push_back(deb(system_package(2000 + between(0, system_packages - 2001))));
        }
        inventory::LayerInventory layer;
        add_packages(packages, layer);
        layers.push_back({.digest = model::Digest::of("system " + name), .bytes = inventory::encode_layer(layer)});
    }
    std::vector<inventory::Package> own;
    for (auto left = between(5, 20); left > 0; --left) {
        own.push_back(npm(language_package(between(0, language_packages - 1)), between(0, 9)));
    }
    if (image % 100 == 0) {
        own.push_back(npm(rare_package(between(0, rare_packages - 1)), 0));
        ++with_rare_;
    }
    inventory::LayerInventory layer;
    add_packages(own, layer);
    layers.push_back({.digest = model::Digest::of("app " + name), .bytes = inventory::encode_layer(layer)});
    return layers;
}

void Subject::fill(std::size_t first, std::size_t end) {
    insist(wait_for(registry_.metadata->write(
        [&](store::Transaction& tx) -> Result<bool> {
            const auto configuration = registry::scanning_configuration(tx, registry_.own);
            const auto repository = *tx.repositories().find(row_);
            for (auto n = first; n < end; ++n) {
                const auto descriptor = [](std::string_view type, const model::Digest& digest) {
                    return R"({"mediaType":")" + std::string(type) + R"(","digest":")" + digest.text() +
                           R"(","size":1})";
                };
                std::string list;
                for (const auto& layer : layers_of(n)) {
                    tx.inventories().put_layer(layer.digest, inventory::scanner_version, layer.bytes);
                    list += (list.empty() ? "" : ",") + descriptor(layer_type, layer.digest);
                }
                const auto manifest =
                    R"({"schemaVersion":2,"config":)" +
                    descriptor("application/vnd.oci.image.config.v1+json", model::Digest::of(std::to_string(n))) +
                    R"(,"layers":[)" + list + "]}";
                store::NewImage added{.image = {}, .manifest = manifest, .blobs = {}, .children = {}};
                auto& image = added.image;
                image.id = model::ImageRowId{static_cast<std::int64_t>(n) + 1};
                image.repository = row_;
                image.digest = model::Digest::of(manifest);
                image.media_type = "application/vnd.oci.image.manifest.v1+json";
                image.manifest_size = manifest.size();
                image.pushed_at = registry_.clock.now();
                tx.images().insert(added);
                (void)registry::request_scan(registry_.services, tx, configuration, repository, image.id);
            }
            return true;
        },
        store::Durability::relaxed)));
}

void Subject::scan_all() {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < scanning_threads; ++i) {
        threads.emplace_back([this] {
            while (insist(wait_for(queue_.run_next()))) {
            }
        });
    }
}

}  // namespace berth::bench
