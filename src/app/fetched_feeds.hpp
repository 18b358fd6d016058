// What became of the feeds that `berth vulndb update` fetched. A note lies beside each download, so that the next
// update knows what it need not fetch and what it has yet to import, wherever the one before it was killed.
//
// Imported is what the note calls so: the very file that an import took to its end. A file that took its place since,
// or whose import failed or was broken off, is due.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::app {

// Of the database in `folder`.
[[nodiscard]] std::filesystem::path downloads_of(const std::filesystem::path& folder);

struct FeedFailure {
    Timestamp at;
    std::string reason;
};

struct FetchedFeed {
    std::string etag;      // of the download
    std::string imported;  // which file: FetchedFeeds::mark()
    std::optional<FeedFailure> failure;
};

struct FailedFeed {
    std::string name;
    FeedFailure failure;
};

class FetchedFeeds {
public:
    explicit FetchedFeeds(std::filesystem::path downloads) : downloads_(std::move(downloads)) {}

    [[nodiscard]] std::filesystem::path file(std::string_view name) const;
    // Changes whenever another file takes the place of this one. Empty: there is none.
    [[nodiscard]] std::string mark(std::string_view name) const;

    // Nothing, when there is no note or it cannot be read: then the feed is fetched and imported anew.
    [[nodiscard]] FetchedFeed find(std::string_view name) const;
    // Whole or not at all.
    [[nodiscard]] Result<void> keep(std::string_view name, const FetchedFeed& feed) const;
    // By name.
    [[nodiscard]] std::vector<FailedFeed> failed() const;

private:
    [[nodiscard]] std::filesystem::path note(std::string_view name) const;

    std::filesystem::path downloads_;
};

}  // namespace berth::app
