// berth vulndb status [--db DIR]: what the database is made of, how old it is, and which feeds the last update could
// not bring up to date.
#include "app/command_vulndb.hpp"
#include "app/fetched_feeds.hpp"
#include "app/progress_bar.hpp"
#include "base/clock.hpp"
#include "vulndb/import.hpp"
#include "vulndb/sqlite_database.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace berth::app {

namespace {

namespace json = boost::json;

struct Arguments {
    std::string folder;
    std::string format = "table";
};

constexpr std::int64_t milliseconds_a_day = 86'400'000;

std::string iso_time(std::int64_t milliseconds) {
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
    return text;
}

std::string date_or_dash(const std::optional<std::int64_t>& time) {
    return time ? iso_time(*time).substr(0, 10) : "-";
}

std::int64_t days_since(std::int64_t time) {
    return std::max<std::int64_t>(0, (SystemClock().now().time_since_epoch().count() - time) / milliseconds_a_day);
}

json::object to_json(const vulndb::Feed& feed) {
    json::object object{{"name", feed.name},
                        {"kind", name_of(feed.kind)},
                        {"sha256", feed.sha256},
                        {"bytes", feed.bytes},
                        {"records", feed.counts.records},
                        {"packages", feed.counts.advice},
                        {"enrichments", feed.counts.enrichments},
                        {"withdrawn", feed.counts.withdrawn},
                        {"skipped", feed.counts.skipped}};
    if (feed.newest_record_at) object["newestRecordAt"] = iso_time(*feed.newest_record_at);
    return object;
}

std::string iso_time(Timestamp time) {
    return iso_time(time.time_since_epoch().count());
}

json::array to_json(const std::vector<FailedFeed>& failed) {
    json::array all;
    for (const auto& [name, failure] : failed)
        all.push_back(json::object{{"feed", name}, {"at", iso_time(failure.at)}, {"reason", failure.reason}});
    return all;
}

json::object to_json(const vulndb::SqliteDatabase& database) {
    const auto freshness = database.freshness();
    json::object all{{"generation", freshness.generation},
                     {"builtAt", iso_time(freshness.built_at)},
                     {"bytes", database.file_bytes()}};
    if (freshness.newest_record_at) {
        all["newestRecordAt"] = iso_time(*freshness.newest_record_at);
        all["ageDays"] = days_since(*freshness.newest_record_at);
    }
    json::array feeds;
    for (const auto& feed : database.feeds()) feeds.push_back(to_json(feed));
    all["feeds"] = std::move(feeds);
    json::array streams;
    for (const auto& stream : database.streams())
        streams.push_back(
            json::value(stream.release.empty() ? stream.ecosystem : stream.ecosystem + ":" + stream.release));
    all["streams"] = std::move(streams);
    return all;
}

void print_failures(const std::vector<FailedFeed>& failed) {
    if (failed.empty()) return;
    std::puts("not up to date; the next update tries again:");
    for (const auto& [name, failure] : failed)
        std::printf("  %s  %s  %s\n", name.c_str(), iso_time(failure.at).c_str(), failure.reason.c_str());
}

void print_table(const vulndb::SqliteDatabase& database) {
    const auto feeds = database.feeds();
    std::size_t width = 4;
    for (const auto& feed : feeds) width = std::max(width, feed.name.size());
    const int column = static_cast<int>(width);
    std::printf("%-*s  %-14s  %9s  %9s  %9s  %s\n", column, "feed", "kind", "records", "packages", "added to",
                "newest record");
    for (const auto& feed : feeds) {
        const std::string kind(name_of(feed.kind));
        std::printf(
            "%-*s  %-14s  %9llu  %9llu  %9llu  %s\n", column, feed.name.c_str(), kind.c_str(),
            static_cast<unsigned long long>(feed.counts.records), static_cast<unsigned long long>(feed.counts.advice),
            static_cast<unsigned long long>(feed.counts.enrichments), date_or_dash(feed.newest_record_at).c_str());
    }
    const auto freshness = database.freshness();
    std::printf("\ngeneration     %s\nbuilt          %s\nsize           %s\n", freshness.generation.c_str(),
                iso_time(freshness.built_at).c_str(), human_size(database.file_bytes()).c_str());
    if (freshness.newest_record_at)
        std::printf("newest record  %s, %lld days ago\n", iso_time(*freshness.newest_record_at).c_str(),
                    static_cast<long long>(days_since(*freshness.newest_record_at)));
}

int run(const Arguments& arguments) {
    const auto failed = FetchedFeeds(downloads_of(arguments.folder)).failed();
    const auto database = vulndb::SqliteDatabase::open(vulndb::database_file(arguments.folder));
    if (!database) std::fprintf(stderr, "berth: %s\n", database.error().message.c_str());
    if (arguments.format == "json") {
        auto all = database ? to_json(**database) : json::object{};
        all["failures"] = to_json(failed);
        if (database || !failed.empty()) std::puts(json::serialize(all).c_str());
    } else {
        if (database) print_table(**database);
        if (database && !failed.empty()) std::puts("");
        print_failures(failed);
    }
    return database ? 0 : 1;
}

}  // namespace

void add_vulndb_status_command(CLI::App& vulndb, int& exit_code) {
    auto* command =
        vulndb.add_subcommand("status",
                              "Show the feeds of the database, what they hold, how old it is, and what the last "
                              "update could not bring up to date");
    const auto arguments = std::make_shared<Arguments>();
    add_database_option(*command, arguments->folder);
    command->add_option("--format", arguments->format, "How to print")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    command->callback([arguments, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace berth::app
