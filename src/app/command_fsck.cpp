// berth fsck: proves the data folder of a stopped server, and says what is lost.
#include "app/commands.hpp"
#include "app/process.hpp"
#include "app/usage_error.hpp"
#include "async/run_blocking.hpp"
#include "registry/fsck.hpp"
#include "store/fs/fs_blob_store.hpp"
#include "store/sqlite/sqlite_metadata.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace berth::app {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int unfinished_exit = 1;
constexpr int damage_exit = 3;

struct Arguments {
    std::string data = "./berth-data";
    bool digests = false;
    bool repair = false;
    std::string format = "table";
};

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

// Standard error hears of a long run now and then.
class Progress {
public:
    void operator()(const registry::FsckProgress& at) {
        const auto now = std::chrono::steady_clock::now();
        if (now < next_) return;
        next_ = now + std::chrono::seconds(2);
        std::fprintf(stderr, "fsck: %llu blobs, %llu images, %.1f GiB read\n",
                     static_cast<unsigned long long>(at.blobs), static_cast<unsigned long long>(at.images),
                     static_cast<double>(at.bytes) / (1024.0 * 1024.0 * 1024.0));
    }

private:
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(2);
};

std::string name_of(const registry::RepositoryRef& repository) {
    return repository.registry.account.text() + "/" + repository.registry.region.text() + "/" + repository.name.text();
}

std::string join(const std::vector<model::Tag>& tags) {
    std::string all;
    for (const auto& tag : tags) all += (all.empty() ? "" : ",") + tag.text();
    return all.empty() ? "-" : all;
}

// What repairing came to for one damaged or superfluous thing.
std::string repaired(const registry::FsckReport& report, const std::string& what,
                     std::optional<registry::Damage> damage = std::nullopt) {
    if (report.repaired == registry::Repair::no || damage == registry::Damage::missing) return "";
    const auto failure = std::ranges::find(report.failures, what, &registry::FsckFailure::what);
    return failure == report.failures.end() ? "  set aside" : "  cannot be set aside: " + failure->why;
}

void print_table(const registry::FsckReport& report) {
    for (const auto& blob : report.blobs) {
        print("damaged blob   " + blob.digest.text() + "  " + std::string(to_text(blob.damage)) + "  " +
              std::to_string(blob.size) + " bytes" + (blob.key.empty() ? "  in the metadata" : "  key " + blob.key) +
              repaired(report, blob.digest.text(), blob.damage) + "\n");
    }
    for (const auto& image : report.images) {
        const bool manifest = image.damaged == image.digest;
        const bool binned = image.where == registry::Whereabouts::recycle_bin;
        print((binned ? "lost deleted   " : "lost image     ") + name_of(image.repository) + "@" + image.digest.text() +
              "  tags " + join(image.tags) + "  " + (manifest ? "its manifest" : "blob " + image.damaged.text()) +
              ": " + std::string(to_text(image.damage)) +
              (manifest ? repaired(report, image.damaged.text(), image.damage) : "") + "\n");
    }
    for (const auto& wrong : report.false_sizes) {
        print("false size     " + name_of(wrong.repository) + "@" + wrong.digest.text() + "  tags " + join(wrong.tags) +
              "  " + wrong.named.text() + " has " + std::to_string(wrong.actual_size) + " bytes, not " +
              std::to_string(wrong.size) + "\n");
    }
    for (const auto& name : report.orphans) print("orphan         " + name + repaired(report, name) + "\n");
    print("checked " + std::to_string(report.checked.blobs) + " blobs and " + std::to_string(report.checked.images) +
          " images, read " + std::to_string(report.checked.bytes) + " bytes: " +
          (report.whole() ? "nothing is lost"
                          : std::to_string(report.blobs.size()) + " damaged blobs, " +
                                std::to_string(report.images.size()) + " losses to images") +
          ", " + std::to_string(report.orphans.size()) + " orphans" +
          (report.false_sizes.empty() ? "" : ", " + std::to_string(report.false_sizes.size()) + " false sizes") + "\n");
}

json::array tags_of(const std::vector<model::Tag>& tags) {
    json::array texts;
    for (const auto& tag : tags) texts.emplace_back(tag.text());
    return texts;
}

void print_json(const registry::FsckReport& report) {
    json::array blobs;
    for (const auto& blob : report.blobs) {
        blobs.push_back(json::object{
            {"digest", blob.digest.text()}, {"size", blob.size}, {"damage", to_text(blob.damage)}, {"key", blob.key}});
    }
    json::array images;
    for (const auto& image : report.images) {
        images.push_back(json::object{{"registryId", image.repository.registry.account.text()},
                                      {"region", image.repository.registry.region.text()},
                                      {"repositoryName", image.repository.name.text()},
                                      {"imageDigest", image.digest.text()},
                                      {"imageTags", tags_of(image.tags)},
                                      {"damaged", image.damaged.text()},
                                      {"damage", to_text(image.damage)},
                                      {"deleted", image.where == registry::Whereabouts::recycle_bin}});
    }
    json::array false_sizes;
    for (const auto& wrong : report.false_sizes) {
        false_sizes.push_back(json::object{{"registryId", wrong.repository.registry.account.text()},
                                           {"region", wrong.repository.registry.region.text()},
                                           {"repositoryName", wrong.repository.name.text()},
                                           {"imageDigest", wrong.digest.text()},
                                           {"imageTags", tags_of(wrong.tags)},
                                           {"named", wrong.named.text()},
                                           {"size", wrong.size},
                                           {"actualSize", wrong.actual_size}});
    }
    json::array failures;
    for (const auto& failure : report.failures) {
        failures.push_back(json::object{{"what", failure.what}, {"why", failure.why}});
    }
    json::array orphans;
    for (const auto& key : report.orphans) orphans.emplace_back(key);
    const json::object all{{"whole", report.whole()},
                           {"repaired", report.repaired == registry::Repair::yes},
                           {"checkedBlobs", report.checked.blobs},
                           {"checkedImages", report.checked.images},
                           {"bytesRead", report.checked.bytes},
                           {"damagedBlobs", std::move(blobs)},
                           {"lostImages", std::move(images)},
                           {"falseSizes", std::move(false_sizes)},
                           {"orphans", std::move(orphans)},
                           {"failures", std::move(failures)}};
    print(json::serialize(all) + "\n");
}

std::unique_ptr<store::sqlite::SqliteMetadata> open_metadata(const fs::path& data) {
    const auto file = data / "metadata.db";
    if (!fs::exists(file)) throw UsageError(data.string() + " is not a data folder: it has no metadata.db");
    auto opened = store::sqlite::SqliteMetadata::open({.path = file});
    if (!opened) throw UsageError(opened.error().message);
    return std::move(*opened);
}

int run(const Arguments& arguments) {
    prepare_process();
    const fs::path data = arguments.data;
    const auto metadata = open_metadata(data);
    BlockingPool pool(1);
    store::fs::FsBlobStore blobs(data / "blobs", pool, store::fs::DirectIo::off);
    const SystemClock clock;
    SystemRandom random;
    registry::FsckOptions options{.digests = arguments.digests ? registry::Digests::compute : registry::Digests::trust,
                                  .repair = arguments.repair ? registry::Repair::yes : registry::Repair::no,
                                  .progress = Progress()};
    auto report = run_blocking(
        registry::fsck({.metadata = *metadata, .blobs = blobs, .clock = clock, .random = random}, std::move(options)));
    pool.join();
    if (!report) throw std::runtime_error("fsck could not go on: " + report.error().message);
    if (arguments.format == "json") print_json(*report);
    if (arguments.format == "table") print_table(*report);
    if (!report->whole()) return damage_exit;
    return report->failures.empty() ? 0 : unfinished_exit;
}

}  // namespace

void add_fsck_command(CLI::App& program, int& exit_code) {
    auto* command = program.add_subcommand("fsck", "Check that a stopped server's data is whole; say what is lost");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("--data", arguments->data, "The data folder")->capture_default_str();
    command->add_flag("--digests", arguments->digests, "Read everything and compute its digests: finds bit rot");
    command->add_flag("--repair", arguments->repair,
                      "Move what is damaged or named by nothing to DATA/blobs/quarantine, so that it is never served "
                      "and the next push of the same blob brings it back");
    command->add_option("--format", arguments->format, "How to print")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    command->footer(
        "Exit code: 0 nothing is lost (orphans only cost space, a false size is what was pushed), 3 something is\n"
        "damaged or lost, 1 the check could not be brought to its end or something not be set aside, 2 wrong usage,\n"
        "or a server has the folder.");
    command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace berth::app
