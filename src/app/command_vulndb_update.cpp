// berth vulndb update [--db DIR] [--feeds FILE]: fetches feeds and imports those that changed.
//
// What was fetched stays in DIR/downloads with its ETag, so the next update asks only for what is new, and a download
// that broke off goes on where it stopped. What was fetched and could not be imported, for whatever reason, is tried
// again at the next update; why it failed, and when, is for `berth vulndb status`. Of an RPM repository (an address
// that ends in mirror.list or repomd.xml) the index is read each time, and its updateinfo fetched when the index names
// another one. A feed that cannot be had or cannot be read does not hold up the others.
#include "app/command_vulndb.hpp"
#include "app/fetched_feeds.hpp"
#include "app/progress_bar.hpp"
#include "app/public_feeds.hpp"
#include "app/rpm_repository.hpp"
#include "app/usage_error.hpp"
#include "app/vulndb_report.hpp"
#include "base/clock.hpp"
#include "client/http.hpp"
#include "vulndb/import.hpp"
#include "vulndb/sqlite_database.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
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
    std::string folder;
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
        : folder_(arguments.folder), fetched_(downloads_of(folder_)), client_({.proxy = arguments.proxy}) {
        fs::create_directories(downloads_of(folder_));
    }

    // Returns whether it could be had.
    bool fetch(const FeedAddress& feed, const std::set<std::string>& there) {
        auto known = fetched_.find(feed.name);
        const auto file = fetched_.file(feed.name);
        const client::Download asked{.url = feed.url,
                                     .file = file,
                                     .etag = fs::exists(file) ? known.etag : std::string{},
                                     .most_bytes = most_bytes,
                                     .progress = [&](std::uint64_t done, std::uint64_t total) {
                                         bar_.show(feed.name, done, total);
                                         return true;
                                     }};
        const auto got = is_rpm_repository(feed.url) ? download_updateinfo(client_, asked) : client_.download(asked);
        bar_.clear();
        if (!got) {
            std::fprintf(stderr, "berth: %s: %s\n", feed.name.c_str(), got.error().message.c_str());
            note(feed.name, std::move(known), got.error().message);
            return false;
        }
        std::printf("%s: %s\n", feed.name.c_str(), got->not_modified ? "not changed" : human_size(got->bytes).c_str());
        if (!got->not_modified) known.etag = got->etag;
        // Imported before, and still in the database.
        if (known.imported == fetched_.mark(feed.name) && there.contains(feed.name)) {
            note(feed.name, std::move(known), {});
            return true;
        }
        // Whatever ends this process now, that is how it was.
        note(feed.name, std::move(known), "fetched, but its import has not come to an end");
        due_.push_back({.file = file, .name = feed.name});
        return true;
    }

    // Returns whether all that was fetched is in the database.
    bool import() {
        if (due_.empty()) return true;
        std::map<std::string, std::string> marks;
        for (const auto& feed : due_) marks[feed.name] = fetched_.mark(feed.name);
        const auto report = import_and_report(folder_, due_, Broken::is_left_out);
        std::map<std::string, std::string> reasons;
        if (report)
            for (const auto& [name, reason] : report->broken) reasons[name] = reason;
        for (const auto& feed : due_) {
            auto known = fetched_.find(feed.name);
            const auto reason = report ? reasons[feed.name] : report.error().message;
            if (reason.empty()) known.imported = marks[feed.name];
            note(feed.name, std::move(known), reason);
        }
        return report && report->broken.empty();
    }

private:
    // An empty reason: all is well. Without the note the feed is fetched or imported once more, no worse.
    void note(const std::string& name, FetchedFeed feed, const std::string& reason) {
        feed.failure.reset();
        if (!reason.empty()) feed.failure = {.at = clock_.now(), .reason = reason};
        if (const auto kept = fetched_.keep(name, feed); !kept)
            std::fprintf(stderr, "berth: %s\n", kept.error().message.c_str());
    }

    fs::path folder_;
    FetchedFeeds fetched_;
    client::HttpClient client_;
    SystemClock clock_;
    ProgressBar bar_;
    std::vector<vulndb::FeedFile> due_;
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
    all = updater.import() && all;
    return all ? 0 : 1;
}

}  // namespace

void add_vulndb_update_command(CLI::App& vulndb, int& exit_code) {
    auto* command = vulndb.add_subcommand(
        "update", "Fetch vulnerability feeds and import those that changed; downloads that broke off are continued");
    const auto arguments = std::make_shared<Arguments>();
    add_database_option(*command, arguments->folder);
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
