// Importing: feeds in, a new generation of the database out.
//
// A folder holds one database. An import builds the next generation beside it, from the feeds that were given and from
// all others that the present one has, checks and syncs it, and only then puts it in its place with one rename. Whoever
// reads the present one keeps it. The result depends on the feeds' content alone: neither the order of the files nor
// the way to it leaves a trace.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "vulndb/feed.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace berth::vulndb {

// The database of a folder, and the one before it, for changed_packages().
[[nodiscard]] std::filesystem::path database_file(const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path previous_database_file(const std::filesystem::path& folder);

struct FeedFile {
    std::filesystem::path file;
    // A feed replaces the one of the same name. Empty: feed_name_of(file).
    std::string name;
};

// The file's name without its endings. The many all.zip of OSV's bucket are told apart by their folder: Debian/all.zip
// is "Debian".
[[nodiscard]] std::string feed_name_of(const std::filesystem::path& file);

struct ImportProgress {
    std::string_view feed;
    std::uint64_t read = 0;   // bytes of the file
    std::uint64_t total = 0;  // 0: not reading, but putting the database together
};

struct ImportOptions {
    std::function<void(const ImportProgress&)> progress;  // often; may be empty
    // A file that cannot be read does not hold up the others: its feed stays as the database has it.
    bool leave_out_broken = false;
};

struct FeedReport {
    Feed feed;
    std::vector<std::string> reasons;  // of the first records that were skipped
    // How many the feed held until now, where that is more than twice what it holds: something may be wrong with it.
    std::optional<std::uint64_t> shrunk_from = std::nullopt;
};

struct BrokenFeed {
    std::string name;
    std::string reason;
};

struct ImportReport {
    bool changed = false;            // false: what was given was there already; nothing was replaced
    std::string generation;          // empty: there is none, as nothing but broken files was given
    std::vector<FeedReport> feeds;   // those that were given, by name
    std::vector<BrokenFeed> broken;  // those that were left out
};

// A file is a feed, a zip or tar archive of files of one kind, or the bundle that export_database() writes; plain or
// packed by gzip, xz or zstd. A record that cannot be used is skipped and counted; a file that cannot be read, or in
// which no record can be used, fails the import, and the database stays as it was, unless such files are to be left
// out. Blocks; two imports into one folder exclude each other (`unavailable`).
[[nodiscard]] Result<ImportReport> import_feeds(const std::filesystem::path& folder, std::span<const FeedFile> files,
                                                const Clock& clock, const ImportOptions& options = {});

// One file with everything, for a machine without a network: import_feeds() takes it.
[[nodiscard]] Result<void> export_database(const std::filesystem::path& folder, const std::filesystem::path& bundle);

}  // namespace berth::vulndb
