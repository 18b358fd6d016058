// berth vulndb update [--db DIR] [--feeds FILE]: fetches feeds and imports those that changed.
//
// What was fetched stays in DIR/downloads with its ETag, so the next update asks only for what is new, and a download
// that broke off goes on where it stopped. Of an RPM repository (an address that ends in mirror.list or repomd.xml) the
// index is read each time, and its updateinfo fetched when the index names another one. A feed that cannot be had does
// not hold up the others.
#include "app/command_vulndb.hpp"
#include "app/progress_bar.hpp"
#include "app/public_feeds.hpp"
#include "app/rpm_repository.hpp"
#include "app/usage_error.hpp"
#include "app/vulndb_report.hpp"
#include "client/http.hpp"
#include "vulndb/import.hpp"
#include "vulndb/sqlite_database.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace berth::app {

namespace {

namespace fs = std::filesystem;

// Larger than any feed there is.
constexpr std::uint64_t most_bytes = std::uint64_t{8} << 30;

struct Arguments {
    std::string folder = default_vulndb_folder;
    std::string list;
    std::vector<std::string> only;
    std::string proxy;
    bool show = false;
};

std::vector<FeedAddress> addresses(const Arguments& arguments) {
    std::vector<FeedAddress> all;
    if (!arguments.list.empty())
        all = read_feed_list(arguments.list);
    else
        for (const auto& feed : public_feeds())
            all.push_back({.name = std::string(feed.name), .url = std::string(feed.url)});
    if (arguments.only.empty()) return all;
    for (const auto& name : arguments.only)
        if (std::ranges::find(all, name, &FeedAddress::name) == all.end())
            throw UsageError("no feed is called \"" + name + "\"; `berth vulndb update --list` shows them");
    std::erase_if(
        all, [&](const auto& feed) { return std::ranges::find(arguments.only, feed.name) == arguments.only.end(); });
    return all;
}

std::string read_small(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The names of the feeds that the database has. None when there is no database yet.
std::set<std::string> feeds_there(const fs::path& folder) {
    std::set<std::string> names;
    if (const auto database = vulndb::SqliteDatabase::open(vulndb::database_file(folder)))
        for (const auto& feed : (*database)->feeds()) names.insert(feed.name);
    return names;
}

class Updater {
public:
    explicit Updater(const Arguments& arguments)
        : folder_(arguments.folder), downloads_(folder_ / "downloads"), client_({.proxy = arguments.proxy}) {
        fs::create_directories(downloads_);
    }

    // Returns whether it could be had.
    bool fetch(const FeedAddress& feed, const std::set<std::string>& there) {
        const auto file = downloads_ / feed.name;
        const auto etag_file = downloads_ / (feed.name + ".etag");
        const client::Download asked{.url = feed.url,
                                     .file = file,
                                     .etag = fs::exists(file) ? read_small(etag_file) : std::string{},
                                     .most_bytes = most_bytes,
                                     .progress = [&](std::uint64_t done, std::uint64_t total) {
                                         bar_.show(feed.name, done, total);
                                         return true;
                                     }};
        const auto got = is_rpm_repository(feed.url) ? download_updateinfo(client_, asked) : client_.download(asked);
        bar_.clear();
        if (!got) {
            std::fprintf(stderr, "berth: %s: %s\n", feed.name.c_str(), got.error().message.c_str());
            return false;
        }
        if (!got->not_modified) std::ofstream(etag_file, std::ios::binary) << got->etag;
        // Also one that an import broke on last time, and one whose import never was.
        const bool wanted = !got->not_modified || !there.contains(feed.name);
        std::printf("%s: %s\n", feed.name.c_str(), got->not_modified ? "not changed" : human_size(got->bytes).c_str());
        if (wanted) changed_.push_back({.file = file, .name = feed.name});
        return true;
    }

    [[nodiscard]] const std::vector<vulndb::FeedFile>& changed() const { return changed_; }

private:
    fs::path folder_;
    fs::path downloads_;
    client::HttpClient client_;
    ProgressBar bar_;
    std::vector<vulndb::FeedFile> changed_;
};

int run(const Arguments& arguments) {
    if (arguments.show) {
        std::fputs(public_feed_list().c_str(), stdout);
        return 0;
    }
    const auto feeds = addresses(arguments);
    const auto there = feeds_there(arguments.folder);
    Updater updater(arguments);
    bool all = true;
    for (const auto& feed : feeds) all = updater.fetch(feed, there) && all;
    const int imported = updater.changed().empty() ? 0 : import_and_report(arguments.folder, updater.changed());
    return imported != 0 ? imported : all ? 0 : 1;
}

}  // namespace

void add_vulndb_update_command(CLI::App& vulndb, int& exit_code) {
    auto* command = vulndb.add_subcommand(
        "update", "Fetch vulnerability feeds and import those that changed; downloads that broke off are continued");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("--db", arguments->folder, "Folder of the database")->capture_default_str();
    command
        ->add_option("--feeds", arguments->list,
                     "TOML file with [[feed]] tables of name and url (default: the public feeds that --list shows)")
        ->check(CLI::ExistingFile);
    command->add_option("--only", arguments->only, "Names of feeds; the others stay as they are");
    command->add_option("--proxy", arguments->proxy, "http://host:port (default: none, whatever the environment says)");
    command->add_flag("--list", arguments->show, "Print the public feeds, as a file for --feeds, and fetch nothing");
    command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace berth::app
